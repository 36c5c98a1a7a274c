/* libFuzzer: any bytes as a geometry of a GeoPackage (io/gpkg_shapes.h): rings or a reason, never beyond the end. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "io/gpkg_shapes.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rh_shapes shapes = {0};
    rh_shapes_room room = {0};
    const char *why = NULL;
    rh_status status = rh_shapes_add(&shapes, &room, 7, bytes, size, &why);
    if (status != RH_OK && why == NULL) {
        abort(); /* a failure gives a reason */
    }
    for (uint32_t r = 0; r < shapes.n_rings && status == RH_OK; r++) {
        if (shapes.owner[r] != 7 || shapes.start[r] >= shapes.start[r + 1]) {
            abort();
        }
        for (size_t p = shapes.start[r]; p < shapes.start[r + 1]; p++) {
            if (!isfinite(shapes.xy[2 * p]) || !isfinite(shapes.xy[2 * p + 1])) {
                abort();
            }
        }
    }
    rh_shapes_release(&shapes);
    return 0;
}
