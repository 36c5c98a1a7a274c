/* The witness over HTTP: POST /add-checkpoint, one question at a time. */
#ifndef RH_WITNESS_SERVE_H
#define RH_WITNESS_SERVE_H

#include "witness/witness_book.h"

typedef struct rh_witness_server rh_witness_server;

/* Listen on an IPv4 address and port ("127.0.0.1:8300"; port 0: any). Errors: RH_INPUT; RH_IO. */
RH_MUST_CHECK rh_status rh_witness_serve(rh_witness_book *book, const char *listen,
                                         rh_witness_server **out, rh_err *err);
unsigned rh_witness_port(const rh_witness_server *server);
void rh_witness_stop(rh_witness_server *server);

#endif
