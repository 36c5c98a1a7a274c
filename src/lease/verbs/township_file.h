/* The file that says where a township's things are: township.conf.
 *
 *     # comment
 *     name_zh: 河口镇            name_en: Hekou              what the pages are headed with
 *     origin: hekou.example/ronghe                           name of the public log, which is the name of its key
 *     database: township.db                                  or postgresql://…
 *     public: public                                         log and open data       documents: documents    papers, by hash
 *     logs: logs                                             who visited what, by day; without it nothing is written down
 *     key: keys/log.key                                      listen: 127.0.0.1:8080
 *     witness: http://10.0.0.7:8300 KEY                      a line each; two of three must cosign
 *     tls_in_front: yes        behind_proxy: yes             a proxy on this machine speaks TLS
 *     requests_per_second: 50                                of one address; 0: no limit
 * One "key: value" a line, UTF-8, each key once but `witness`. Relative paths begin at the file's folder. Strict: an unknown key or a value that
 * cannot be used is an error that names the line. */
#ifndef RH_VERBS_TOWNSHIP_FILE_H
#define RH_VERBS_TOWNSHIP_FILE_H

#include "log/witness_client.h"

#include <stdbool.h>

enum { RH_TOWNSHIP_TEXT = 1024 };

typedef struct rh_township_file {
    char name_zh[RH_TOWNSHIP_TEXT], name_en[RH_TOWNSHIP_TEXT], origin[RH_KEY_NAME];
    char database[RH_TOWNSHIP_TEXT], folder[RH_TOWNSHIP_TEXT], documents[RH_TOWNSHIP_TEXT],
        logs[RH_TOWNSHIP_TEXT], key[RH_TOWNSHIP_TEXT];
    char host[64];
    uint16_t port;
    bool tls_in_front, behind_proxy;
    unsigned requests_per_second;
    unsigned n_witnesses;
    rh_witness witness[RH_WITNESSES_MOST];
} rh_township_file;

/* Read a file, or township.conf of a folder. Errors: RH_IO, RH_INPUT. */
RH_MUST_CHECK rh_status rh_township_file_read(const char *path, rh_township_file *out,
                                              rh_err *err);

/* The same from text; `folder` is what relative paths begin at, `name` what errors name. */
RH_MUST_CHECK rh_status rh_township_file_parse(const char *text, size_t size,
                                               const char *folder, const char *name,
                                               rh_township_file *out, rh_err *err);

#endif
