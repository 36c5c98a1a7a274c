/* The site attacked as a whole: the real domain, the real pages and the JSON interface over a loopback port (docs/lease/identity.md).
 *
 * The township is the small one of the domain's tests; each of its commands is also given to a service, so both hold the same objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/calendar_day.h"
#include "small_township.h"
#include "web/document_store.h"
#include "web/doors.h"
#include "web/may_see.h"
#include "web/private_look.h"
#include "web/step_up.h"

#define OK(call)                                                                               \
    do {                                                                                       \
        rh_err ok_err = {0};                                                                   \
        if ((call) != RH_OK) {                                                                 \
            fail_msg("%s", ok_err.text);                                                       \
        }                                                                                      \
    } while (0)

enum { ANSWER = 4 << 20, PEOPLE = 24 };

static const char password[] = "correct horse staple";

typedef struct person {
    const char *login;
    int64_t party, account;
    uint8_t secret[RH_TOTP_SECRET];
    uint32_t roles;
} person;

typedef struct town {
    char folder[64], database[100], documents[100], log[100], open_data[100], logs[100];
    small_township small;
    rh_clock clock;
    _Atomic int64_t now; /* of the server */
    rh_service *service;
    rh_site site;
    rh_server *server;
    uint16_t port;
    rh_doors doors;
    size_t n;
    person person[PEOPLE];
} town;

static char answer[ANSWER];

/* ---- the township behind it ---- */

static void
nothing(void *context, const rh_reply *reply)
{
    rh_err *failed = context;
    if (reply->status != RH_OK || reply->refusals.n > 0) {
        (void)rh_fail(failed, RH_INVARIANT, "refused or failed: %s",
                      reply->refusals.n > 0 ? rh_guard_name(reply->refusals.refusal[0].guard)
                                            : reply->sentence);
    }
}

/* Numbers of private values become texts: the service gives its own numbers. */
static void
tell_service(void *context, const rh_ask *ask, const rh_outcome *out)
{
    (void)out;
    town *t = context;
    const rh_record_type *type = rh_command_type(ask->kind);
    rh_command command;
    rh_private_text text[8];
    size_t n = 0;
    rh_err failed = {0};
    memcpy(&command, ask->command, type->size);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->type == RH_FIELD_PRIVATE && rh_record_number(&command, f) != RH_NONE) {
            *(int64_t *)(void *)((char *)&command + f->offset) = RH_NONE;
            text[n++] = (rh_private_text){f->name, "张三丰"};
        }
    }
    if (ask->kind == RH_DO_tick) {
        rh_clock_set(&t->clock, ask->time);
        OK(rh_service_wake(t->service, &ok_err));
        return;
    }
    rh_clock_set(&t->clock, ask->time);
    rh_submission s = {.ask = *ask, .n_texts = n, .text = text};
    s.ask.command = &command;
    OK(rh_service_do(t->service, &s, nothing, &failed, &ok_err));
    if (failed.status != RH_OK) {
        fail_msg("%s: %s", type->name, failed.text);
    }
}

static int64_t
read_now(void *context)
{
    return atomic_load(&((town *)context)->now);
}

static void
enter(town *t, const char *login, int64_t party, const char *hash)
{
    person *p = &t->person[t->n++];
    p->login = login;
    p->party = party;
    rh_totp_new(p->secret);
    OK(rh_accounts_add(t->site.accounts, login, party, hash, p->secret, 1, &p->account,
                       &ok_err));
    const rh_registry *r = rh_service_read_begin(t->service);
    p->roles = rh_accounts_roles(r, party, rh_day_of_time(rh_clock_now(&t->clock)));
    rh_service_read_end(t->service);
    assert_true(p->roles != 0);
}

static void
people(town *t)
{
    char hash[RH_PASSWORD_HASH];
    small_township *s = &t->small;
    OK(rh_password_hash(t->site.hasher, password, hash, &ok_err));
    enter(t, "officer", s->officer, hash);
    enter(t, "county", s->county, hash);
    enter(t, "auditor", s->auditor, hash);
    enter(t, "bank", s->bank, hash);
    enter(t, "court", s->court, hash);
    enter(t, "clerk", s->village[0].clerk, hash);
    enter(t, "council", s->village[0].council, hash);
    enter(t, "supervisor", s->village[0].supervisor, hash);
    enter(t, "party-org", s->village[0].party_org, hash);
    enter(t, "treasurer", s->village[0].treasurer, hash);
    enter(t, "head", s->household[0].adult[0], hash);
    enter(t, "holder", s->household[0].adult[1], hash);
    enter(t, "lessee", s->lessee, hash);
    enter(t, "other-clerk", s->village[1].clerk, hash);
    enter(t, "other-head", s->household[3].adult[0], hash);
}

static void
put_file(const char *folder, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void
folders(town *t)
{
    snprintf(t->folder, sizeof t->folder, "/tmp/ronghe_security_XXXXXX");
    assert_non_null(mkdtemp(t->folder));
    snprintf(t->database, sizeof t->database, "%s/t.db", t->folder);
    struct {
        char *path;
        const char *name;
    } folder[] = {{t->documents, "documents"},
                  {t->log, "log"},
                  {t->open_data, "open-data"},
                  {t->logs, "logs"}};
    for (size_t i = 0; i < 4; i++) {
        snprintf(folder[i].path, 100, "%s/%s", t->folder, folder[i].name);
        assert_int_equal(mkdir(folder[i].path, 0700), 0);
    }
    put_file(t->folder, "secret.txt", "SECRET");
    put_file(t->log, "checkpoint", "a checkpoint\n");
    put_file(t->log, ".key", "SECRET");
    put_file(t->open_data, "ledger.csv", "seq\n");
}

static int
open_town(void **state)
{
    town *t = calloc(1, sizeof *t);
    folders(t);
    rh_clock_set(&t->clock, INT64_C(1772323200000));
    rh_service_options options = {.database = t->database, .clock = &t->clock};
    OK(rh_service_open(&options, &t->service, &ok_err));
    small_open_told(&t->small, tell_service, t);
    t->site = (rh_site){.service = t->service,
                        .clock = &t->clock,
                        .name = {"A township", "小镇"},
                        .documents = t->documents,
                        .log = t->log,
                        .open_data = t->open_data};
    OK(rh_accounts_load(t->service, &t->site.accounts, &ok_err));
    rh_server_options o = {.head_s = 2};
    rh_doors_options doors = {.logs = t->logs,
                              .hasher = {.passes = 1, .memory = 8192},
                              /* here all come from one address */
                              .login_address = {200, 1000, 60000, 86400000}};
    OK(rh_doors_open(&doors, &t->site, &t->doors, &o, &ok_err));
    o.now = (rh_now){read_now, t};
    atomic_store(&t->now, t->small.now);
    people(t);
    OK(rh_server_start(&o, &t->server, &ok_err));
    t->port = rh_server_port(t->server);
    *state = t;
    return 0;
}

static int
close_town(void **state)
{
    town *t = *state;
    char command[120];
    rh_server_stop(t->server);
    rh_doors_close(&t->doors);
    rh_accounts_free(t->site.accounts);
    rh_service_close(t->service);
    small_close(&t->small);
    snprintf(command, sizeof command, "rm -r %s", t->folder);
    int code = system(command);
    free(t);
    return code;
}

static const person *
who(const town *t, const char *login)
{
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->person[i].login, login) == 0) {
            return &t->person[i];
        }
    }
    fail_msg("nobody is called %s", login);
    return NULL;
}

static void
one_time(const town *t, const person *p, char code[7])
{
    assert_true(rh_totp_code(p->secret, RH_TOTP_SECRET,
                             atomic_load(&t->now) / 1000 / RH_TOTP_STEP_S, code));
}

/* The next one-time code: time goes on until no older one counts. */
static void
fresh(town *t, const person *p, char code[7])
{
    atomic_fetch_add(&t->now, INT64_C(3) * RH_TOTP_STEP_S * 1000);
    one_time(t, p, code);
}

/* ---- a client without manners ---- */

typedef struct browser {
    char session[100], device[100], csrf[100];
    const char *agent;
} browser;

static int
dial(const town *t)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(t->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {20, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void
cookie(const char *name, char out[100])
{
    char key[60];
    snprintf(key, sizeof key, "Set-Cookie: %s=", name);
    const char *at = strstr(answer, key);
    if (at != NULL) {
        at += strlen(key);
        snprintf(out, 100, "%.*s", (int)strcspn(at, ";\r"), at);
    }
}

static int
ask_bytes(const town *t, browser *b, const char *method, const char *target,
          const char *headers, const char *body, size_t size)
{
    static char head[8000];
    int n = snprintf(head, sizeof head,
                     "%s %s HTTP/1.1\r\nHost: x.test\r\nConnection: close\r\nUser-Agent: %s\r\n"
                     "Cookie: rh_session=%s; rh_device=%s\r\n%sContent-Length: %zu\r\n\r\n",
                     method, target, b->agent == NULL ? "browser" : b->agent, b->session,
                     b->device, headers, size);
    assert_true(n > 0 && (size_t)n < sizeof head);
    int fd = dial(t);
    (void)send(fd, head, (size_t)n, MSG_NOSIGNAL);
    for (size_t sent = 0; sent < size;) {
        ssize_t more = send(fd, body + sent, size - sent, MSG_NOSIGNAL);
        if (more <= 0) {
            break;
        }
        sent += (size_t)more;
    }
    size_t used = 0;
    for (ssize_t got; used + 1 < sizeof answer &&
                      (got = recv(fd, answer + used, sizeof answer - 1 - used, 0)) > 0;) {
        used += (size_t)got;
    }
    answer[used] = '\0';
    close(fd);
    cookie("rh_session", b->session);
    cookie("rh_device", b->device);
    const char *csrf = strstr(answer, "name=\"csrf\" value=\"");
    if (csrf != NULL) {
        csrf += strlen("name=\"csrf\" value=\"");
        snprintf(b->csrf, sizeof b->csrf, "%.*s", (int)strcspn(csrf, "\""), csrf);
    }
    return used > 12 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

static int
get(const town *t, browser *b, const char *target)
{
    return ask_bytes(t, b, "GET", target, "", "", 0);
}

static int
post(const town *t, browser *b, const char *target, const char *fields)
{
    char body[6000];
    snprintf(body, sizeof body, "csrf=%s&%s", b->csrf, fields);
    return ask_bytes(t, b, "POST", target,
                     "Content-Type: application/x-www-form-urlencoded\r\n", body, strlen(body));
}

static int
command(const town *t, browser *b, const char *name, const char *body)
{
    char path[100], headers[300];
    snprintf(path, sizeof path, "/api/v1/do/%s", name);
    snprintf(headers, sizeof headers, "Content-Type: application/json\r\nX-CSRF-Token: %s\r\n",
             b->csrf);
    return ask_bytes(t, b, "POST", path, headers, body, strlen(body));
}

static bool
answered(const char *text)
{
    return strstr(answer, text) != NULL;
}

static int
try_login(const town *t, browser *b, const char *login, const char *pass, const char *code)
{
    char fields[600];
    if (b->csrf[0] == '\0') {
        assert_int_equal(get(t, b, "/login"), 200);
    }
    snprintf(fields, sizeof fields, "login=%s&password=%s&code=%s", login, pass, code);
    return post(t, b, "/login", fields);
}

static void
sign_in(town *t, browser *b, const person *p)
{
    char code[7];
    fresh(t, p, code);
    assert_int_equal(try_login(t, b, p->login, "correct+horse+staple", code), 303);
    assert_true(answered("Location: /desk"));
    assert_int_equal(get(t, b, "/account"), 200);
}

static int64_t
seq(const town *t)
{
    return rh_service_count(t->service).seq;
}

/* Lines of the day's log that hold the text. */
static int
logged(const town *t, const char *text)
{
    DIR *dir = opendir(t->logs);
    int n = 0;
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        char path[400], line[2000];
        snprintf(path, sizeof path, "%s/%s", t->logs, e->d_name);
        FILE *f = e->d_name[0] == '.' ? NULL : fopen(path, "r");
        while (f != NULL && fgets(line, sizeof line, f) != NULL) {
            n += strstr(line, text) != NULL;
        }
        if (f != NULL) {
            fclose(f);
        }
    }
    closedir(dir);
    return n;
}

/* ---- roles ---- */

/* A body with something lawful in every field. */
static void
body_of(rh_command_kind kind, const char *as, const char *code, char *out, size_t room)
{
    const rh_record_type *type = rh_command_type(kind);
    int n = snprintf(out, room, "{\"as\":\"%s\"", as);
    if (code != NULL) {
        n += snprintf(out + n, room - (size_t)n, ",\"" RH_STEP_UP_FIELD "\":\"%s\"", code);
    }
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        const char *value = f->type == RH_FIELD_DATE   ? "\"2026-03-01\""
                            : f->type == RH_FIELD_BOOL ? "true"
                            : f->type == RH_FIELD_TEXT || f->type == RH_FIELD_PRIVATE
                                ? "\"text\""
                            : f->type == RH_FIELD_HASH
                                ? "\"1111111111111111111111111111111111111111111111111111111111"
                                  "111111\""
                                : "1";
        if (f->type == RH_FIELD_CODE) {
            n += snprintf(out + n, room - (size_t)n, ",\"%s\":\"%s\"", f->name,
                          f->codes->word[0]);
        } else {
            n += snprintf(out + n, room - (size_t)n, ",\"%s\":%s", f->name, value);
        }
    }
    snprintf(out + n, room - (size_t)n, "}");
}

static void
attack(town *t, browser *b, const person *p, rh_command_kind kind, const char *as, int *refused,
       int *by_role)
{
    char body[3000], code[7];
    if (rh_step_up_needed(kind)) {
        fresh(t, p, code);
    }
    body_of(kind, as, rh_step_up_needed(kind) ? code : NULL, body, sizeof body);
    int status = command(t, b, rh_command_type(kind)->name, body);
    bool role = answered("\"holds_role\"") || answered("\"role_may\"");
    if (status != 422 || !(role || answered("\"exists\""))) {
        fail_msg("%s as %s by %s: %d\n%s", rh_command_type(kind)->name, as, p->login, status,
                 answer);
    }
    (*refused)++;
    *by_role += role;
}

static void
each_role_is_refused_what_is_of_others(void **state)
{
    town *t = *state;
    int refused = 0, by_role = 0, before = logged(t, "\"what\":\"refused\"");
    int64_t seq_before = seq(t);
    for (size_t i = 0; i < t->n; i++) {
        const person *p = &t->person[i];
        browser b = {0};
        sign_in(t, &b, p);
        for (int k = 0; k < RH_COMMAND_COUNT; k++) {
            rh_command_kind kind = (rh_command_kind)k;
            if (kind == RH_DO_tick) {
                continue;
            }
            for (int role = 0; role < rh_role_system; role++) {
                if ((rh_command_roles(kind) & RH_BIT(role)) != 0 &&
                    (p->roles & RH_BIT(role)) == 0 &&
                    !(kind == RH_DO_source_add && role == rh_role_holder_rep &&
                      (p->roles & RH_BIT(rh_role_holder)) != 0)) { /* no household named */
                    attack(t, &b, p, kind, rh_codes_role.word[role], &refused, &by_role);
                }
            }
        }
        for (int k = 0; k < RH_COMMAND_COUNT; k += 7) {
            if (k != RH_DO_tick &&
                (rh_command_roles((rh_command_kind)k) & RH_BIT(rh_role_public)) == 0) {
                attack(t, &b, p, (rh_command_kind)k, "system", &refused, &by_role);
            }
        }
    }
    assert_true(by_role > 600); /* the others name what does not exist in this township */
    assert_int_equal(seq(t), seq_before);
    assert_int_equal(logged(t, "\"what\":\"refused\"") - before, refused);
}

/* The only command that the system alone gives has no address. */
static void
nobody_is_the_system(void **state)
{
    town *t = *state;
    browser b = {0}, nobody = {0};
    int64_t before = seq(t);
    sign_in(t, &b, who(t, "officer"));
    assert_int_equal(command(t, &b, "tick", "{\"today\":\"2030-01-01\"}"), 404);
    assert_int_equal(post(t, &b, "/do/tick", "today=2030-01-01&as=system"), 404);
    assert_int_equal(get(t, &nobody, "/login"), 200);
    char body[3000];
    for (int k = 0; k < RH_COMMAND_COUNT; k++) {
        if (k != RH_DO_tick && !rh_step_up_needed((rh_command_kind)k) &&
            (rh_command_roles((rh_command_kind)k) & RH_BIT(rh_role_public)) == 0) {
            body_of((rh_command_kind)k, "system", NULL, body, sizeof body);
            int status = command(t, &nobody, rh_command_type((rh_command_kind)k)->name, body);
            assert_int_equal(status, 422);
            assert_true(answered("\"role_may\"") || answered("\"exists\""));
        }
    }
    assert_int_equal(seq(t), before);
}

static void
an_office_ends_at_its_place(void **state)
{
    town *t = *state;
    browser b = {0};
    char body[400];
    sign_in(t, &b, who(t, "other-clerk"));
    int64_t before = seq(t);
    snprintf(body, sizeof body,
             "{\"as\":\"clerk\",\"village\":%lld,\"number\":\"9\",\"area_cm2\":1000000,"
             "\"hazard\":false,\"heritage\":false,\"farmland\":false}",
             (long long)t->small.village[0].place);
    assert_int_equal(command(t, &b, "parcel_add", body), 422);
    assert_true(answered("\"holds_role\""));
    assert_int_equal(seq(t), before);
    snprintf(body, sizeof body,
             "{\"as\":\"clerk\",\"village\":%lld,\"number\":\"9\",\"area_cm2\":1000000,"
             "\"hazard\":false,\"heritage\":false,\"farmland\":false}",
             (long long)t->small.village[1].place);
    assert_int_equal(command(t, &b, "parcel_add", body), 200);
    assert_int_equal(seq(t), before + 1);
}

/* ---- signing in ---- */

static void
every_failure_to_sign_in_looks_the_same(void **state)
{
    town *t = *state;
    const person *p = who(t, "county");
    char code[7], first[20000];
    browser b = {0};
    fresh(t, p, code);
    const struct {
        const char *login, *password, *code;
    } bad[] = {{"county", "wrong+password", code},
               {"county", "correct+horse+staple", "000000"},
               {"nobody", "correct+horse+staple", code},
               {"county", "correct+horse+staple", ""}};
    for (size_t i = 0; i < 4; i++) {
        atomic_fetch_add(&t->now, INT64_C(3600000));
        fresh(t, p, code); /* what is right in an attempt is right now */
        assert_int_equal(try_login(t, &b, bad[i].login, bad[i].password, bad[i].code), 422);
        assert_false(answered("Set-Cookie: rh_session"));
        const char *page = strstr(answer, "\r\n\r\n"), *notice = strstr(page, "role=\"alert\"");
        assert_non_null(notice);
        if (i == 0) {
            snprintf(first, sizeof first, "%.200s", notice);
        } else {
            assert_memory_equal(first, notice, 200);
        }
    }
    assert_int_equal(logged(t, "sign-in failed"), 4);
}

static void
failures_make_the_next_attempt_wait(void **state)
{
    town *t = *state;
    const person *p = who(t, "auditor");
    browser b = {0};
    int status = 0, tries = 0;
    for (; tries < 30 && status != 429; tries++) {
        status = try_login(t, &b, p->login, "wrong", "000000");
    }
    assert_int_equal(status, 429);
    assert_true(answered("Retry-After: "));
    assert_true(tries <= 12);
    char code[7];
    one_time(t, p, code);
    assert_int_equal(try_login(t, &b, p->login, "correct+horse+staple", code), 429);
    atomic_fetch_add(&t->now, INT64_C(2) * 3600000);
    browser again = {0};
    sign_in(t, &again, p);
}

static void
a_one_time_code_is_good_once(void **state)
{
    town *t = *state;
    const person *p = who(t, "treasurer");
    browser one = {0}, other = {0};
    char code[7];
    fresh(t, p, code);
    assert_int_equal(try_login(t, &one, p->login, "correct+horse+staple", code), 303);
    assert_int_equal(try_login(t, &other, p->login, "correct+horse+staple", code), 422);
    /* also for another instance of the program that reads the same database */
    rh_accounts *again;
    bool right = true;
    OK(rh_accounts_load(t->service, &again, &ok_err));
    OK(rh_accounts_second_factor(again, p->account, code, false, atomic_load(&t->now), &right,
                                 &ok_err));
    assert_false(right);
    rh_accounts_free(again);
}

static void
a_session_is_not_taken_over_and_not_carried_away(void **state)
{
    town *t = *state;
    const person *p = who(t, "head");
    browser victim = {.session = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY"};
    char planted[100];
    snprintf(planted, sizeof planted, "%s", victim.session);
    sign_in(t, &victim, p);
    assert_string_not_equal(victim.session, planted);
    browser attacker = {0};
    snprintf(attacker.session, sizeof attacker.session, "%s", planted);
    assert_int_equal(get(t, &attacker, "/account"), 303);
    /* the cookie alone, on another device: refused, and the session ends for everybody */
    browser thief = {.agent = "browser"};
    assert_int_equal(get(t, &thief, "/login"), 200);
    snprintf(thief.session, sizeof thief.session, "%s", victim.session);
    assert_int_equal(get(t, &thief, "/account"), 303);
    assert_int_equal(get(t, &victim, "/account"), 303);
}

static void
a_command_needs_the_token_of_its_own_session(void **state)
{
    town *t = *state;
    browser b = {0}, other = {0};
    sign_in(t, &b, who(t, "clerk"));
    sign_in(t, &other, who(t, "other-clerk"));
    int64_t before = seq(t);
    char own[100], body[400];
    snprintf(own, sizeof own, "%s", b.csrf);
    snprintf(body, sizeof body, "{\"kind\":\"person\",\"place\":%lld,\"name\":\"李四\"}",
             (long long)t->small.village[0].place);
    const char *bad[] = {"", "forged", other.csrf};
    for (size_t i = 0; i < 3; i++) {
        snprintf(b.csrf, sizeof b.csrf, "%s", bad[i]);
        assert_int_equal(command(t, &b, "party_add", body), 403);
        snprintf(b.csrf, sizeof b.csrf, "%s", bad[i]);
        assert_int_equal(post(t, &b, "/do/party_add", "kind=person&place=2&name=x"), 403);
        snprintf(b.csrf, sizeof b.csrf, "%s", bad[i]);
        assert_int_equal(post(t, &b, "/account/sessions", ""), 403);
    }
    assert_int_equal(seq(t), before);
    snprintf(b.csrf, sizeof b.csrf, "%s", own);
    assert_int_equal(command(t, &b, "party_add", body), 200);
    assert_int_equal(seq(t), before + 1);
}

static void
consent_body(char out[300], int64_t offer, int64_t holder, const char *code)
{
    snprintf(out, 300,
             "{\"offer\":%lld,\"person\":%lld,\"warned\":true,\"" RH_STEP_UP_FIELD "\":\"%s\"}",
             (long long)offer, (long long)holder, code);
}

static void
signing_needs_a_fresh_code(void **state)
{
    town *t = *state;
    const person *p = who(t, "holder");
    browser b = {0};
    char body[300], code[7];
    small_township *s = &t->small;
    rh_clock_set(&t->clock, s->now);
    small_active_scheme(s);
    rh_command_offer_draft draft = small_offer(s, 0);
    int64_t offer = small_offer_to(s, 0, &draft, rh_offer_state_draft);
    sign_in(t, &b, p);
    int64_t before = seq(t);
    snprintf(body, sizeof body, "{\"offer\":%lld,\"person\":%lld,\"warned\":true}",
             (long long)offer, (long long)p->party);
    assert_int_equal(command(t, &b, "offer_consent", body), 422);
    assert_true(answered(RH_STEP_UP_FIELD));
    static const rh_command_kind binding[] = {RH_DO_lease_sign, RH_DO_amendment_sign,
                                              RH_DO_payout_approve, RH_DO_offer_consent};
    for (size_t i = 0; i < sizeof binding / sizeof binding[0]; i++) {
        char whole[3000];
        atomic_fetch_add(&t->now, INT64_C(600000)); /* wrong codes make one wait */
        body_of(binding[i], "holder", NULL, whole, sizeof whole);
        assert_int_equal(command(t, &b, rh_command_type(binding[i])->name, whole), 422);
        assert_true(answered("{\"problems\":[{\"field\":\"" RH_STEP_UP_FIELD "\""));
    }
    fresh(t, p, code);
    browser elsewhere = {0};
    assert_int_equal(try_login(t, &elsewhere, p->login, "correct+horse+staple", code), 303);
    /* the one that signed in elsewhere */
    consent_body(body, offer, p->party, code);
    assert_int_equal(command(t, &b, "offer_consent", body), 422);
    assert_int_equal(seq(t), before);
    fresh(t, p, code);
    consent_body(body, offer, p->party, code);
    assert_int_equal(command(t, &b, "offer_consent", body), 200);
    assert_int_equal(seq(t), before + 1);
    assert_int_equal(command(t, &b, "offer_consent", body), 422);
    assert_int_equal(seq(t), before + 1);
    /* keep the other registry the same */
    rh_command_offer_consent same = {.offer = offer, .person = p->party, .warned = 1};
    s->told = NULL;
    small_must(s, RH_DO_offer_consent, &same, p->party, rh_role_holder);
    s->told = tell_service;
}

/* ---- what is sent ---- */

static void
texts_stay_texts(void **state)
{
    town *t = *state;
    browser b = {0};
    static const char *const evil[] = {"'; DROP TABLE party; --", "<script>alert(1)</script>",
                                       "{{7*7}}${7*7}%s%n",       "\\\" onmouseover=\\\"x",
                                       "=cmd|' /C calc'!A0",      "\\u202ex"};
    sign_in(t, &b, who(t, "officer"));
    for (size_t i = 0; i < sizeof evil / sizeof evil[0]; i++) {
        char body[600], form[400];
        snprintf(body, sizeof body,
                 "{\"place\":%lld,\"key\":\"notice_days\",\"value\":%zu,\"source\":\"%s\","
                 "\"from\":\"2026-05-0%zu\"}",
                 (long long)t->small.place, 7 + i, evil[i], 2 + i);
        int64_t before = seq(t);
        if (command(t, &b, "parameter_set", body) != 200) {
            fail_msg("%s\n%s", body, answer);
        }
        assert_int_equal(seq(t), before + 1);
        /* as a value of a form that comes back: a problem in another field shows it again */
        snprintf(form, sizeof form, "place=x&source=%s",
                 i == 1 ? "%3Cscript%3Ealert(1)%3C/script%3E" : "%22%20onmouseover=%22x");
        assert_int_equal(post(t, &b, "/do/parameter_set", form), 422);
        assert_false(answered("<script>alert"));
        assert_false(answered("\" onmouseover=\"x"));
    }
    assert_int_equal(command(t, &b, "parameter_set",
                             "{\"place\":1,\"key\":\"notice_days\",\"value\":9,\"source\":"
                             "\"a\\u0007\",\"from\":\"2026-06-01\"}"),
                     422);
    /* what stands in the database is what was sent */
    rh_db *db;
    rh_cursor *cursor;
    const void *record;
    bool found = false;
    OK(rh_service_db_take(t->service, &db, &ok_err));
    OK(rh_db_begin_reading(db, &ok_err));
    OK(rh_db_scan(db, rh_table_of_row(RH_ROW_parameter), 0, &cursor, &ok_err));
    for (;;) {
        OK(rh_cursor_next(cursor, &record, NULL, &ok_err));
        if (record == NULL) {
            break;
        }
        found = found || strcmp(((const rh_row_parameter *)record)->source, evil[0]) == 0;
    }
    rh_cursor_close(cursor);
    rh_db_rollback(db);
    rh_service_db_give(t->service, db);
    assert_true(found);
}

static void
no_path_leads_out(void **state)
{
    town *t = *state;
    browser b = {0};
    assert_int_equal(get(t, &b, "/log/checkpoint"), 200);
    assert_true(answered("a checkpoint"));
    assert_int_equal(get(t, &b, "/open-data/ledger.csv"), 200);
    static const char *const path[] = {"/log/../secret.txt",
                                       "/log/%2e%2e/secret.txt",
                                       "/log/..%2fsecret.txt",
                                       "/log/.key",
                                       "/log//checkpoint/../../secret.txt",
                                       "/open-data/%2e%2e%2fsecret.txt",
                                       "/open-data/..%5csecret.txt",
                                       "/log/checkpoint%00.txt",
                                       "/documents/../secret.txt",
                                       "/documents/%2e%2e"};
    for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
        int status = get(t, &b, path[i]);
        assert_true(status == 400 || status == 404 || status == 303);
        assert_false(answered("SECRET"));
    }
}

static void
too_large_and_too_slow_are_cut_off(void **state)
{
    town *t = *state;
    browser b = {0};
    sign_in(t, &b, who(t, "clerk"));
    static char large[600000];
    memset(large, 'x', sizeof large - 1);
    memcpy(large, "{\"number\":\"", 11);
    assert_int_equal(command(t, &b, "parcel_add", large), 413);
    static char deep[40000];
    memset(deep, '[', sizeof deep - 1);
    assert_int_equal(command(t, &b, "parcel_add", deep), 400);
    assert_int_equal(command(t, &b, "parcel_add", "[1]"), 400);
    assert_int_equal(command(t, &b, "parcel_add", "{\"number\":\"a\",\"number\":\"b\"}"), 400);
    assert_int_equal(command(t, &b, "parcel_add", "{\"number\":\"\xff\"}"), 400);
    int fd = dial(t);
    static const char slow[] =
        "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nlogin=";
    (void)send(fd, slow, sizeof slow - 1, MSG_NOSIGNAL);
    char rest[4000];
    ssize_t got = recv(fd, rest, sizeof rest - 1, 0);
    rest[got > 0 ? got : 0] = '\0';
    assert_true(got <= 0 || strstr(rest, " 408 ") != NULL);
    close(fd);
}

static void
there_is_no_open_redirect(void **state)
{
    town *t = *state;
    const person *p = who(t, "lessee");
    browser b = {0};
    char code[7], fields[300];
    assert_int_equal(get(t, &b, "/login?next=//evil.test/&to=https://evil.test/"), 200);
    fresh(t, p, code);
    snprintf(fields, sizeof fields,
             "login=lessee&password=correct+horse+staple&code=%s&next=//evil.test/", code);
    assert_int_equal(post(t, &b, "/login?next=//evil.test/", fields), 303);
    assert_true(answered("Location: /desk\r\n"));
    assert_false(answered("evil.test"));
}

/* ---- documents ---- */

static int
upload(const town *t, browser *b, const char *name, const char *type, const char *bytes,
       size_t size)
{
    static char body[RH_DOCUMENT_MOST + 100000];
    int n = snprintf(body, sizeof body,
                     "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n--B\r\n"
                     "Content-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
                     "Content-Type: %s\r\n\r\n",
                     b->csrf, name, type);
    memcpy(body + n, bytes, size);
    memcpy(body + (size_t)n + size, "\r\n--B--\r\n", 9);
    return ask_bytes(t, b, "POST", "/documents",
                     "Content-Type: multipart/form-data; boundary=B\r\n", body,
                     (size_t)n + size + 9);
}

static void
documents_are_what_their_bytes_say(void **state)
{
    town *t = *state;
    browser clerk = {0}, other = {0};
    static const char jpeg[] =
        "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1<script>alert(1)</script>";
    static const char html[] = "<html><script>alert(1)</script> %PDF-1.4 and more of it";
    static const char pdf[] = "%PDF-1.7\n%a certificate, as a scanner writes it\n%%EOF\n";
    static const char zip[] = "PK\3\4 and something that says it is a picture of a house";
    static char large[RH_DOCUMENT_MOST + 10];
    char path[120];
    sign_in(t, &clerk, who(t, "clerk"));
    sign_in(t, &other, who(t, "other-head"));
    assert_int_equal(upload(t, &clerk, "a.jpg", "image/jpeg", html, sizeof html), 422);
    assert_int_equal(upload(t, &clerk, "a.pdf", "application/pdf", html, sizeof html), 422);
    assert_int_equal(upload(t, &clerk, "../../a.png", "image/png", zip, sizeof zip), 422);
    assert_int_equal(upload(t, &clerk, "a.jpg", "image/jpeg", "", 0), 422);
    memcpy(large, jpeg, sizeof jpeg);
    assert_int_equal(upload(t, &clerk, "a.jpg", "image/jpeg", large, sizeof large), 413);
    assert_int_equal(get(t, &clerk, "/documents"), 200);
    assert_int_equal(upload(t, &clerk, "a.pdf", "application/pdf", pdf, sizeof pdf), 200);
    /* a picture that is also a script: kept as the picture it says it is, and given back as nothing else */
    assert_int_equal(upload(t, &clerk, "../../x.html", "text/html", jpeg, sizeof jpeg), 200);
    const char *link = strstr(answer, "/do/source_add?document=");
    assert_non_null(link);
    snprintf(path, sizeof path, "/documents/%.64s", link + strlen("/do/source_add?document="));
    assert_int_equal(get(t, &clerk, path), 200);
    assert_true(answered("Content-Type: image/jpeg\r\n"));
    assert_true(answered("Content-Disposition: attachment"));
    assert_true(answered("X-Content-Type-Options: nosniff"));
    assert_int_equal(get(t, &other, path), 404);
    browser nobody = {0};
    int status = get(t, &nobody, path);
    assert_true(status == 303 || status == 401);
    assert_int_equal(get(t, &clerk, "/documents/0000"), 404);
}

/* ---- machines ---- */

static int
by_token(const town *t, const char *token, const char *path, const char *body)
{
    browser b = {0};
    char headers[300];
    snprintf(headers, sizeof headers,
             "Content-Type: application/json\r\nAuthorization: Bearer %s\r\n", token);
    return ask_bytes(t, &b, body == NULL ? "GET" : "POST", path, headers,
                     body == NULL ? "" : body, body == NULL ? 0 : strlen(body));
}

static void
a_token_is_for_the_bank_and_nothing_else(void **state)
{
    town *t = *state;
    char token[RH_TOKEN], person_token[RH_TOKEN], body[3000];
    int64_t machine, other;
    OK(rh_accounts_create_machine(t->site.accounts, "import", t->small.bank, t->small.officer,
                                  1, token, &machine, &ok_err));
    OK(rh_accounts_create_machine(t->site.accounts, "import2", t->small.officer,
                                  t->small.officer, 1, person_token, &other, &ok_err));
    int64_t before = seq(t);
    assert_int_equal(by_token(t, "wrong", "/api/v1/mine", NULL), 401);
    /* of a party that is no bank: good for nothing */
    assert_int_equal(by_token(t, person_token, "/api/v1/mine", NULL), 401);
    assert_int_equal(by_token(t, token, "/api/v1/mine", NULL), 200);
    for (int k = 0; k < RH_COMMAND_COUNT; k++) {
        uint64_t may = rh_command_roles((rh_command_kind)k);
        if (k == RH_DO_tick || (may & RH_BIT(rh_role_bank)) != 0) {
            continue;
        }
        char path[100];
        snprintf(path, sizeof path, "/api/v1/do/%s", rh_command_type((rh_command_kind)k)->name);
        body_of((rh_command_kind)k, "township", "123456", body, sizeof body);
        if (!rh_step_up_needed((rh_command_kind)k)) { /* there the key is none of the command */
            char *key = strstr(body, ",\"" RH_STEP_UP_FIELD "\"");
            memmove(key, key + strlen(",\"" RH_STEP_UP_FIELD "\":\"123456\""),
                    strlen(key + strlen(",\"" RH_STEP_UP_FIELD "\":\"123456\"")) + 1);
        }
        assert_int_equal(by_token(t, token, path, body), 422);
        assert_true(answered("\"role_may\"") || answered("\"exists\"") ||
                    answered(RH_STEP_UP_FIELD));
    }
    assert_int_equal(seq(t), before);
    assert_int_equal(by_token(t, token, "/accounts", NULL), 403);
    assert_int_equal(by_token(t, token, "/account", NULL), 403);
    OK(rh_accounts_close(t->site.accounts, machine, t->small.officer, 2, &ok_err));
    assert_int_equal(by_token(t, token, "/api/v1/mine", NULL), 401);
}

/* ---- accounts ---- */

static const char *
code_in_answer(char out[RH_RECOVERY_TEXT])
{
    const char *at = strstr(answer, "<code>");
    assert_non_null(at);
    snprintf(out, RH_RECOVERY_TEXT, "%.*s", RH_RECOVERY_TEXT - 1, at + 6);
    return out;
}

static void
an_account_is_opened_by_code_and_two_factors(void **state)
{
    town *t = *state;
    const person *officer = who(t, "officer");
    browser desk = {0}, home = {0}, late = {0};
    char fields[400], code[7], enrolment[RH_RECOVERY_TEXT];
    sign_in(t, &desk, officer);
    fresh(t, officer, code);
    snprintf(fields, sizeof fields, "party=%lld&login=wang&" RH_STEP_UP_FIELD "=%s",
             (long long)t->small.lessee2, code);
    assert_int_equal(post(t, &desk, "/accounts", fields), 200);
    code_in_answer(enrolment);
    /* with the same code: nothing */
    assert_int_equal(post(t, &desk, "/accounts", fields), 422);
    /* a first sign-in: password by enrolment code */
    assert_int_equal(get(t, &home, "/enrol"), 200);
    snprintf(fields, sizeof fields, "login=wang&code=%s&password=short", enrolment);
    assert_int_equal(post(t, &home, "/enrol", fields), 422);
    snprintf(fields, sizeof fields, "login=wang&code=%s&password=a+quiet+river+stone",
             enrolment);
    assert_int_equal(post(t, &home, "/enrol", fields), 303);
    assert_true(answered("Location: /account/second"));
    assert_int_equal(get(t, &late, "/enrol"), 200);
    assert_int_equal(post(t, &late, "/enrol", fields), 422);
    /* nothing can be done before the second factor is there */
    char body[300];
    assert_int_equal(get(t, &home, "/account/second"), 200);
    snprintf(body, sizeof body, "{\"place\":%lld,\"kind\":\"photo\",\"document\":\"%064d\"}",
             (long long)t->small.place, 1);
    assert_int_equal(command(t, &home, "source_add", body), 422);
    assert_true(answered("\"role_may\""));
    assert_int_equal(get(t, &home, "/api/v1/mine"), 401);
    /* confirm the authenticator */
    rh_account_view v;
    uint8_t secret[RH_TOTP_SECRET];
    assert_true(rh_accounts_find(t->site.accounts, "wang", &v));
    assert_true(rh_accounts_totp_begin(t->site.accounts, v.id, secret));
    assert_true(rh_totp_code(secret, sizeof secret,
                             atomic_load(&t->now) / 1000 / RH_TOTP_STEP_S, code));
    assert_int_equal(get(t, &home, "/account/second"), 200);
    snprintf(fields, sizeof fields, "password_now=a+quiet+river+stone&code=%s", code);
    assert_int_equal(post(t, &home, "/account/second", fields), 200);
    char recovery[RH_RECOVERY_TEXT];
    code_in_answer(recovery);
    assert_int_equal(get(t, &home, "/api/v1/mine"), 200);
    /* a recovery code signs in once, and proves nothing else */
    assert_int_equal(get(t, &home, "/account"), 200);
    snprintf(fields, sizeof fields, RH_STEP_UP_FIELD "=%s", recovery);
    assert_int_equal(post(t, &home, "/account/recovery", fields), 422);
    browser lost = {0};
    assert_int_equal(try_login(t, &lost, "wang", "a+quiet+river+stone", recovery), 303);
    browser twice = {0};
    assert_int_equal(try_login(t, &twice, "wang", "a+quiet+river+stone", recovery), 422);
    /* closed: sessions end, nobody signs in */
    fresh(t, officer, code);
    assert_int_equal(get(t, &desk, "/accounts"), 200);
    snprintf(fields, sizeof fields, "account_login=wang&how=close&change_code=%s", code);
    assert_int_equal(post(t, &desk, "/accounts/change", fields), 200);
    assert_int_equal(get(t, &home, "/account"), 303);
}

static void
an_officer_reaches_nobody_above_and_nobody_else_reaches_anybody(void **state)
{
    town *t = *state;
    browser desk = {0}, clerk = {0};
    char fields[300], code[7];
    const person *officer = who(t, "officer"), *c = who(t, "clerk");
    sign_in(t, &desk, officer);
    const char *other[] = {"county", "auditor", "court", "officer", "nobody"};
    for (size_t i = 0; i < 5; i++) {
        fresh(t, officer, code);
        assert_int_equal(get(t, &desk, "/accounts"), 200);
        snprintf(fields, sizeof fields, "account_login=%s&how=reset&change_code=%s", other[i],
                 code);
        assert_int_equal(post(t, &desk, "/accounts/change", fields), 422);
    }
    sign_in(t, &clerk, c);
    assert_int_equal(get(t, &clerk, "/accounts"), 403);
    assert_int_equal(get(t, &clerk, "/account"), 200);
    fresh(t, c, code);
    snprintf(fields, sizeof fields, "account_login=head&how=reset&change_code=%s", code);
    assert_int_equal(post(t, &clerk, "/accounts/change", fields), 422);
    fresh(t, c, code);
    snprintf(fields, sizeof fields, "party=%lld&login=mine&" RH_STEP_UP_FIELD "=%s",
             (long long)t->small.lessee2, code);
    assert_int_equal(post(t, &clerk, "/accounts", fields), 422);
}

/* ---- what may be seen ---- */

static void
what_is_not_open_is_for_its_own(void **state)
{
    town *t = *state;
    small_township *s = &t->small;
    const rh_registry *r = s->registry;
    int64_t today = small_today(s), house = s->household[0].party;
    const struct {
        int64_t party;
        rh_row_kind kind;
        int64_t id;
        rh_audience may;
    } expected[] = {
        {RH_NONE, RH_ROW_party, house, RH_OPEN},
        {s->household[0].adult[0], RH_ROW_party, house, RH_PARTIES},
        {s->household[0].adult[1], RH_ROW_party, house, RH_PARTIES},
        {s->household[1].adult[0], RH_ROW_party, house, RH_MEMBERS},
        {s->household[3].adult[0], RH_ROW_party, house, RH_OPEN},
        {s->lessee, RH_ROW_party, house, RH_OPEN},
        {s->lessee, RH_ROW_party, s->lessee, RH_PARTIES},
        {s->village[0].clerk, RH_ROW_party, house, RH_PARTIES},
        {s->village[1].clerk, RH_ROW_party, house, RH_OPEN},
        {s->officer, RH_ROW_party, house, RH_PARTIES},
        {s->village[1].clerk, RH_ROW_baunit, s->household[0].unit, RH_OPEN},
        {s->household[0].adult[0], RH_ROW_baunit, s->household[0].unit, RH_PARTIES},
        {s->household[1].adult[0], RH_ROW_party, s->household[1].elder, RH_PARTIES},
        {s->household[0].adult[0], RH_ROW_party, s->household[1].elder, RH_MEMBERS},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        if (rh_may_see(r, expected[i].party, today, expected[i].kind, expected[i].id) !=
            expected[i].may) {
            fail_msg("line %zu", i);
        }
    }
    const rh_field *name = rh_record_find(rh_row_type(RH_ROW_party), "name");
    assert_true(rh_may_see_private(r, s->lessee, today, RH_ROW_party, s->lessee, name));
    assert_false(rh_may_see_private(r, s->lessee2, today, RH_ROW_party, s->lessee, name));
    assert_true(rh_may_see_private(r, s->village[0].clerk, today, RH_ROW_party, house, name));
    assert_false(rh_may_see_private(r, s->village[1].clerk, today, RH_ROW_party, house, name));
    assert_false(
        rh_may_see_private(r, s->household[1].adult[0], today, RH_ROW_party, house, name));
}

static int64_t
accesses(const town *t)
{
    rh_db *db;
    int64_t n = 0;
    OK(rh_service_db_take(t->service, &db, &ok_err));
    OK(rh_db_largest(db, RH_KEEP_access, &n, &ok_err));
    rh_service_db_give(t->service, db);
    return n;
}

static void
each_look_at_a_name_is_recorded(void **state)
{
    town *t = *state;
    char text[100];
    rh_err err = {0};
    int64_t before = accesses(t);
    OK(rh_private_show(&t->site, t->small.village[0].clerk, RH_ROW_party,
                       t->small.household[0].party, "name", text, sizeof text, &ok_err));
    assert_string_equal(text, "张三丰");
    assert_int_equal(accesses(t), before + 1);
    assert_int_equal(rh_private_show(&t->site, t->small.village[1].clerk, RH_ROW_party,
                                     t->small.household[0].party, "name", text, sizeof text,
                                     &err),
                     RH_USAGE);
    assert_string_equal(text, "");
    assert_int_equal(accesses(t), before + 1);
}

static void
the_interface_shows_each_what_is_his(void **state)
{
    town *t = *state;
    browser nobody = {0}, head = {0}, other = {0};
    int64_t offer = 1;
    char path[100];
    snprintf(path, sizeof path, "/api/v1/offers/%lld", (long long)offer);
    assert_int_equal(get(t, &nobody, path), 200);
    assert_true(answered("\"asking_fen_year\":"));
    assert_false(answered("\"household\":"));
    sign_in(t, &head, who(t, "head"));
    assert_int_equal(get(t, &head, path), 200);
    assert_true(answered("\"household\":"));
    sign_in(t, &other, who(t, "other-head"));
    assert_int_equal(get(t, &other, path), 200);
    assert_false(answered("\"household\":"));
    assert_int_equal(get(t, &nobody, "/api/v1/offers?household=1"), 400);
    assert_int_equal(get(t, &nobody, "/api/v1/offers?state=draft&limit=1"), 200);
    assert_int_equal(get(t, &nobody, "/api/v1/parties"), 404);
    assert_int_equal(get(t, &nobody, "/api/v1/bids/1"), 404);
    assert_int_equal(get(t, &nobody, "/api/v1/mine"), 401);
    assert_int_equal(get(t, &nobody, "/api/v1/openapi.json"), 200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_is_refused_what_is_of_others),
        cmocka_unit_test(nobody_is_the_system),
        cmocka_unit_test(an_office_ends_at_its_place),
        cmocka_unit_test(every_failure_to_sign_in_looks_the_same),
        cmocka_unit_test(failures_make_the_next_attempt_wait),
        cmocka_unit_test(a_one_time_code_is_good_once),
        cmocka_unit_test(a_session_is_not_taken_over_and_not_carried_away),
        cmocka_unit_test(a_command_needs_the_token_of_its_own_session),
        cmocka_unit_test(signing_needs_a_fresh_code),
        cmocka_unit_test(texts_stay_texts),
        cmocka_unit_test(no_path_leads_out),
        cmocka_unit_test(too_large_and_too_slow_are_cut_off),
        cmocka_unit_test(there_is_no_open_redirect),
        cmocka_unit_test(documents_are_what_their_bytes_say),
        cmocka_unit_test(a_token_is_for_the_bank_and_nothing_else),
        cmocka_unit_test(an_account_is_opened_by_code_and_two_factors),
        cmocka_unit_test(an_officer_reaches_nobody_above_and_nobody_else_reaches_anybody),
        cmocka_unit_test(what_is_not_open_is_for_its_own),
        cmocka_unit_test(each_look_at_a_name_is_recorded),
        cmocka_unit_test(the_interface_shows_each_what_is_his),
    };
    return cmocka_run_group_tests(tests, open_town, close_town);
}
