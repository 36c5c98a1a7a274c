/* libFuzzer: any bytes as the path of a request and through the router (http/router.h, P1). */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "http/router.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
handler(rh_request *request, rh_response *response)
{
    (void)request, (void)response;
}

static const rh_route routes[] = {
    {.method = RH_GET, .pattern = "/", .handler = handler},
    {.method = RH_GET, .pattern = "/a/{id}", .handler = handler},
    {.method = RH_POST, .pattern = "/a/b", .handler = handler},
    {.method = RH_GET, .pattern = "/s/{path*}", .handler = handler},
    {.method = RH_GET, .pattern = "/{x}/{y}/c", .handler = handler},
};

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rh_path path;
    if (rh_path_parse((const char *)bytes, size, &path) != RH_PROBLEM_NONE) {
        return 0;
    }
    for (int i = 0; i < path.n; i++) {
        const char *part = path.part[i];
        if (strlen(part) != path.size[i] || strpbrk(part, "/\\") != NULL ||
            strcmp(part, ".") == 0 || strcmp(part, "..") == 0 ||
            rh_text_valid(part, path.size[i]) != path.size[i] ||
            (path.size[i] == 0 && i + 1 < path.n)) {
            abort();
        }
    }
    rh_router *router;
    if (rh_router_new(routes, sizeof routes / sizeof routes[0], &router, NULL) != RH_OK) {
        abort();
    }
    unsigned allowed;
    const rh_route *get = rh_router_find(router, RH_GET, &path, &allowed);
    if (get != NULL &&
        (rh_route_part(get, &path, "id") == NULL || rh_route_rest(get) >= path.n)) {
        abort();
    }
    if (rh_router_find(router, RH_DELETE, &path, &allowed) != NULL ||
        (get != NULL && allowed == 0)) {
        abort();
    }
    rh_router_free(router);
    return 0;
}
