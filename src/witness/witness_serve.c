/* The witness over HTTP: see witness_serve.h. libmicrohttpd's one thread takes the questions one after the other, which makes
 * checking and keeping one step. */
#include "witness/witness_serve.h"

#include "core/mem.h"
#include "witness/witness_request.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct rh_witness_server {
    struct MHD_Daemon *daemon;
    rh_witness_book *book;
    rh_witness_answer answer; /* of the question at hand */
};

/* What came of a body so far. */
typedef struct upload {
    size_t size;
    bool too_large;
    char bytes[RH_WITNESS_REQUEST_MOST];
} upload;

static enum MHD_Result
reply(struct MHD_Connection *connection, int code, const char *type, const char *text,
      size_t size)
{
    void *copy = rh_alloc(size + 1, 1);
    if (copy == NULL) {
        return MHD_NO;
    }
    memcpy(copy, text, size);
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback(size, copy, rh_free);
    if (response == NULL) {
        rh_free(copy);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", type);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)code, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
reply_plain(struct MHD_Connection *connection, int code, const char *text)
{
    return reply(connection, code, "text/plain; charset=utf-8", text, strlen(text));
}

static enum MHD_Result
handle(void *context, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *data, size_t *data_size, void **own)
{
    rh_witness_server *server = context;
    upload *body = *own;
    (void)version;
    if (body == NULL) {
        *own = rh_alloc(1, sizeof *body);
        return *own != NULL ? MHD_YES : MHD_NO;
    }
    if (*data_size > 0) {
        if (*data_size > sizeof body->bytes - body->size) {
            body->too_large = true;
        } else {
            memcpy(body->bytes + body->size, data, *data_size);
            body->size += *data_size;
        }
        *data_size = 0;
        return MHD_YES;
    }
    if (strcmp(url, "/add-checkpoint") != 0) {
        return reply_plain(
            connection, MHD_HTTP_NOT_FOUND,
            "A witness of logs: POST /add-checkpoint (c2sp.org/tlog-witness).\n");
    }
    if (strcmp(method, "POST") != 0) {
        return reply_plain(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
                           "Only POST is known here.\n");
    }
    if (body->too_large) {
        return reply_plain(connection, MHD_HTTP_CONTENT_TOO_LARGE,
                           "The request is too large.\n");
    }
    rh_witness_answer *a = &server->answer;
    rh_witness_book_answer(server->book, body->bytes, body->size, (uint64_t)time(NULL), a);
    return reply(connection, a->code, a->type, a->body.text, a->body.size);
}

static void
forget(void *context, struct MHD_Connection *connection, void **own,
       enum MHD_RequestTerminationCode how)
{
    (void)context, (void)connection, (void)how;
    rh_free(*own);
    *own = NULL;
}

static bool
parse_address(const char *text, struct sockaddr_in *out)
{
    char host[64];
    const char *colon = strrchr(text, ':');
    *out = (struct sockaddr_in){.sin_family = AF_INET};
    if (colon == NULL || (size_t)(colon - text) >= sizeof host || strlen(colon + 1) > 5 ||
        strspn(colon + 1, "0123456789") != strlen(colon + 1) || colon[1] == '\0') {
        return false;
    }
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    unsigned long port = strtoul(colon + 1, NULL, 10);
    out->sin_port = htons((uint16_t)port);
    return port <= 65535 && inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

rh_status
rh_witness_serve(rh_witness_book *book, const char *address, rh_witness_server **out,
                 rh_err *err)
{
    struct sockaddr_in at;
    if (!parse_address(address, &at)) {
        return rh_fail(err, RH_INPUT,
                       "'%.100s' is not an address to listen on; write it like 127.0.0.1:8300.",
                       address);
    }
    rh_witness_server *server;
    RH_NEW(server, 1, err);
    server->book = book;
    server->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, handle, server, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&at, MHD_OPTION_CONNECTION_LIMIT, 64U, MHD_OPTION_CONNECTION_TIMEOUT,
        10U, MHD_OPTION_NOTIFY_COMPLETED, forget, NULL, MHD_OPTION_END);
    if (server->daemon == NULL) {
        rh_free(server);
        return rh_fail(err, RH_IO, "Nobody can listen on %s; is the port taken?", address);
    }
    *out = server;
    return RH_OK;
}

unsigned
rh_witness_port(const rh_witness_server *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info != NULL ? info->port : 0;
}

void
rh_witness_stop(rh_witness_server *server)
{
    if (server != NULL) {
        MHD_stop_daemon(server->daemon);
        rh_free(server);
    }
}
