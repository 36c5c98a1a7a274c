/* The client of witnesses (log/witness_client.h): addresses, and witnesses that do not behave. The well-behaved one is
 * ronghe-witness in test_lease_log.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log/witness_client.h"

static rh_signer
key(const char *name, uint8_t type, uint8_t seed)
{
    uint8_t bytes[32];
    rh_signer s;
    memset(bytes, seed, sizeof bytes);
    assert_int_equal(rh_signer_of_seed(name, type, bytes, &s, NULL), RH_OK);
    return s;
}

static rh_note
note_of_five(void)
{
    rh_note note;
    rh_digest root = {{5}};
    rh_signer log = key("log.example", RH_KEY_NOTE, 1);
    assert_int_equal(rh_note_begin("log.example", 5, &root, &note, NULL), RH_OK);
    assert_int_equal(rh_note_sign(&note, &log, 0, NULL), RH_OK);
    return note;
}

static rh_status
no_proof(void *context, uint64_t old, uint64_t size, rh_digest proof[RH_PROOF_MOST],
         unsigned *n, rh_err *err)
{
    (void)old, (void)size, (void)proof, (void)err;
    __atomic_fetch_add((unsigned *)context, 1, __ATOMIC_SEQ_CST); /* several threads ask */
    *n = 0;
    return RH_OK;
}

/* A server that gives the same answer to everybody, `times` times; NULL: says nothing until the other side goes. */
typedef struct fake {
    int fd;
    unsigned port, times;
    const char *answer;
    pthread_t thread;
} fake;

static void *
serve(void *context)
{
    fake *f = context;
    char bytes[20000];
    for (unsigned i = 0; i < f->times; i++) {
        int fd = accept(f->fd, NULL, NULL);
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        if (f->answer != NULL && n > 0) {
            send(fd, f->answer, strlen(f->answer), MSG_NOSIGNAL);
        } else {
            while (recv(fd, bytes, sizeof bytes, 0) > 0) {
            }
        }
        close(fd);
    }
    return NULL;
}

static void
start(fake *f, const char *answer, unsigned times)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    *f = (fake){.answer = answer, .times = times, .fd = socket(AF_INET, SOCK_STREAM, 0)};
    assert_int_equal(bind(f->fd, (struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(f->fd, 8), 0);
    assert_int_equal(getsockname(f->fd, (struct sockaddr *)&at, &size), 0);
    f->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
}

static void
stop(fake *f)
{
    pthread_join(f->thread, NULL);
    close(f->fd);
}

static rh_witness
at_port(unsigned port)
{
    char url[64], text[RH_KEY_TEXT];
    rh_witness w;
    rh_signer s = key("w", RH_KEY_WITNESS, 2);
    rh_verifier_text(&s.is, text);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/x/", port);
    assert_int_equal(rh_witness_of(url, text, &w, NULL), RH_OK);
    return w;
}

/* --- tests ---------------------------------------------------------------------------------------------- */

static void
test_addresses(void **state)
{
    (void)state;
    char text[RH_KEY_TEXT], log_key[RH_KEY_TEXT];
    rh_witness w;
    rh_signer s = key("w", RH_KEY_WITNESS, 2), log = key("log.example", RH_KEY_NOTE, 1);
    rh_verifier_text(&s.is, text);
    rh_verifier_text(&log.is, log_key);
    assert_int_equal(rh_witness_of("http://10.1.2.3:8300/a/b/", text, &w, NULL), RH_OK);
    assert_string_equal(w.host, "10.1.2.3");
    assert_string_equal(w.port, "8300");
    assert_string_equal(w.path, "/a/b");
    assert_int_equal(rh_witness_of("http://[::1]:9", text, &w, NULL), RH_OK);
    assert_string_equal(w.host, "::1");
    assert_int_equal(rh_witness_of("http://witness", text, &w, NULL), RH_OK);
    assert_string_equal(w.port, "80");
    static const char *const bad[] = {
        "https://a",   "http://",      "http://:80",           "http://a:",
        "http://a:1x", "http://a/b c", "http://a/\r\nHost: b", "http://[::1",
        "a:80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(rh_witness_of(bad[i], text, &w, NULL), RH_INPUT);
    }
    assert_int_equal(rh_witness_of("http://a", log_key, &w, NULL), RH_INPUT);
}

static void
test_no_farther_than_the_local_network(void **state)
{
    (void)state;
    static const char *const far[] = {"192.0.2.1", "172.32.0.1", "11.0.0.1", "2001:db8::1"};
    rh_note note = note_of_five(), lines;
    unsigned asked = 0;
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        rh_witness w = at_port(9);
        rh_err err = {0};
        snprintf(w.host, sizeof w.host, "%s", far[i]);
        assert_int_equal(rh_witness_ask(&w, &note, no_proof, &asked, 1000, &lines, &err),
                         RH_INPUT);
        assert_non_null(strstr(err.text, "local network"));
    }
}

static void
test_answers_that_are_none_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        unsigned times;
        rh_status status;
        const char *word;
    } known[] = {
        {NULL, 1, RH_IO, "in time"},
        {"SSH-2.0-OpenSSH\r\n", 1, RH_INPUT, "not a witness"},
        {"HTTP/1.1 200 OK\r\n\r\n", 1, RH_MISSING, "without its signature"},
        {"HTTP/1.1 200 OK\r\n\r\n\u2014 w AAAA\n", 1, RH_INPUT, "signature"},
        {"HTTP/1.1 403 Forbidden\r\n\r\nno\n", 1, RH_INVARIANT, "(403): no"},
        {"HTTP/1.1 409 Conflict\r\n\r\ntwo views\n", 1, RH_INVARIANT, "two views"},
        {"HTTP/1.1 409 Conflict\r\ncontent-type: text/x.tlog.size\r\n\r\n9\n", 1, RH_INVARIANT,
         "cosigned 9 entries already"},
        {"HTTP/1.1 409 Conflict\r\nContent-Type: text/x.tlog.size\r\n\r\n3\n", 2, RH_INVARIANT,
         "refuses"}, /* says 3 again when asked from 3 */
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        fake f;
        rh_note note = note_of_five(), lines;
        rh_err err = {0};
        unsigned asked = 0;
        start(&f, known[i].answer, known[i].times);
        rh_witness w = at_port(f.port);
        assert_int_equal(rh_witness_ask(&w, &note, no_proof, &asked,
                                        known[i].answer ? 20000 : 50, &lines, &err),
                         known[i].status);
        assert_non_null(strstr(err.text, known[i].word));
        assert_int_equal(asked, known[i].times);
        stop(&f);
    }
}

static void
test_a_quorum_is_met_although_one_is_silent_and_one_lies(void **state)
{
    (void)state;
    fake silent, liar, good[2];
    rh_note note = note_of_five(), lines[3];
    rh_checkpoint c;
    char answer[3][2000];
    rh_witness w[4];
    rh_err err = {0};
    unsigned asked = 0, have = 0;
    assert_int_equal(rh_checkpoint_parse(note.text, note.size, &c, NULL), RH_OK);
    for (uint8_t i = 0; i < 3; i++) {
        char name[4] = {'w', (char)('0' + i), '\0'};
        rh_signer s = key(name, RH_KEY_WITNESS, (uint8_t)(10 + i));
        assert_int_equal(rh_cosignature(&c, &s, 1767225600, &lines[i], NULL), RH_OK);
        if (i == 2) {
            lines[i].text[lines[i].size - 20] ^= 1;
        }
        snprintf(answer[i], sizeof answer[i], "HTTP/1.1 200 OK\r\n\r\n%s", lines[i].text);
    }
    start(&good[0], answer[0], 2);
    start(&good[1], answer[1], 2);
    start(&liar, answer[2], 2);
    start(&silent, NULL, 2);
    const fake *all[4] = {&silent, &good[0], &liar, &good[1]};
    static const char *const name[4] = {"w9", "w0", "w2", "w1"};
    static const uint8_t seed[4] = {19, 10, 12, 11};
    for (unsigned i = 0; i < 4; i++) {
        w[i] = at_port(all[i]->port);
        w[i].key = key(name[i], RH_KEY_WITNESS, seed[i]).is;
    }
    rh_note kept = note;
    assert_int_equal(rh_witness_collect(w, 4, 2, no_proof, &asked, 300, &note, &have, &err),
                     RH_OK);
    assert_int_equal(have, 2);
    assert_int_equal(rh_checkpoint_parse(note.text, note.size, &c, NULL), RH_OK);
    assert_int_equal(c.n, 3);
    assert_int_equal(rh_witness_collect(w, 4, 3, no_proof, &asked, 300, &kept, &have, &err),
                     RH_MISSING);
    assert_non_null(strstr(err.text, "2 of 4 witnesses cosigned, 3 are needed."));
    stop(&good[0]);
    stop(&good[1]);
    stop(&liar);
    stop(&silent);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_no_farther_than_the_local_network),
        cmocka_unit_test(test_answers_that_are_none_are_refused),
        cmocka_unit_test(test_a_quorum_is_met_although_one_is_silent_and_one_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
