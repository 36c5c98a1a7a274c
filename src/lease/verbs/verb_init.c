/* init: a township with its folder, key, first place, first officer and that officer's account. */
#include "http/password.h"
#include "http/totp.h"
#include "verbs/running.h"
#include "verbs/terminal_qr.h"
#include "verbs/said.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* One line without its end; from a terminal without echo. */
static rh_status
read_line(FILE *from, char *out, size_t room, rh_err *err)
{
    if (fgets(out, (int)room, from) == NULL) {
        return rh_fail(err, RH_INPUT, "No password was given.");
    }
    size_t n = strcspn(out, "\r\n");
    if (out[n] == '\0' && n + 1 == room) {
        return rh_fail(err, RH_INPUT, "The password is too long.");
    }
    out[n] = '\0';
    return RH_OK;
}

static rh_status
ask_password(const rh_said *said, char *out, size_t room, rh_err *err)
{
    struct termios usual, silent;
    char again[RH_PASSWORD_MOST + 2] = "";
    if (tcgetattr(STDIN_FILENO, &usual) != 0) {
        return rh_fail(
            err, RH_USAGE,
            "A password is asked for on a terminal; without one, say --password-file FILE.");
    }
    silent = usual;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    fputs(rh_in(said, "Password of the first officer: ", "首位经办人的口令："), stderr);
    rh_status status = read_line(stdin, out, room, err);
    if (status == RH_OK) {
        fputs(rh_in(said, "\nOnce more: ", "\n再输入一次："), stderr);
        status = read_line(stdin, again, sizeof again, err);
    }
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual);
    fputc('\n', stderr);
    if (status == RH_OK && strcmp(out, again) != 0) {
        status = rh_fail(err, RH_INPUT, "The two passwords differ.");
    }
    sodium_memzero(again, sizeof again);
    return status;
}

static rh_status
get_password(const rh_said *said, char *out, size_t room, rh_err *err)
{
    rh_status status;
    if (said->password_file == NULL) {
        status = ask_password(said, out, room, err);
    } else {
        FILE *file = fopen(said->password_file, "re");
        if (file == NULL) {
            return rh_fail(err, RH_IO, "%s cannot be read: %s.", said->password_file,
                           strerror(errno));
        }
        status = read_line(file, out, room, err);
        fclose(file);
    }
    rh_problem problem =
        status == RH_OK ? rh_password_check(out, said->officer) : RH_PROBLEM_NONE;
    return problem == RH_PROBLEM_NONE
               ? status
               : rh_fail(err, RH_INPUT, "%s", rh_problem_text(problem, RH_ENGLISH));
}

static rh_status
check(const rh_said *said, rh_err *err)
{
    const char *const need[][2] = {
        {"--name-zh", said->name_zh}, {"--code", said->code}, {"--officer", said->officer}};
    for (size_t i = 0; i < sizeof need / sizeof need[0]; i++) {
        if (need[i][1] == NULL || need[i][1][0] == '\0') {
            return rh_fail(err, RH_USAGE, "init needs %s.", need[i][0]);
        }
    }
    if (strlen(said->code) != 9 || strspn(said->code, "0123456789") != 9) {
        return rh_fail(err, RH_USAGE, "--code takes the township's 9 digits, not \"%.40s\".",
                       said->code);
    }
    return rh_login_is(said->officer) ? RH_OK
                                      : rh_fail(err, RH_USAGE,
                                                "--officer takes a login name of 2 to 63 small "
                                                "letters, digits, '.', '-', '_'.");
}

/* Place, officer and role: the founding commands, by the program itself. */
static rh_status
found(rh_running *r, const rh_said *said, int64_t *officer, rh_err *err)
{
    rh_done done;
    rh_command_place_add place = {.code = said->code,
                                  .level = rh_level_township,
                                  .parent = RH_NONE,
                                  .name = said->name_zh,
                                  .lon_e5 = RH_NONE,
                                  .lat_e5 = RH_NONE};
    rh_submission s = {.ask = {RH_DO_place_add, &place, RH_NONE, rh_role_system, 0}};
    RH_TRY(rh_running_do(r, &s, &done, err));
    int64_t township = done.id[RH_ROW_place];
    rh_command_party_add party = {.kind = rh_party_kind_person,
                                  .place = township,
                                  .name = RH_NONE,
                                  .id_number = RH_NONE,
                                  .phone = RH_NONE};
    rh_private_text name = {"name",
                            said->officer_name != NULL ? said->officer_name : said->officer};
    s = (rh_submission){.ask = {RH_DO_party_add, &party, RH_NONE, rh_role_system, 0},
                        .n_texts = 1,
                        .text = &name};
    RH_TRY(rh_running_do(r, &s, &done, err));
    *officer = done.id[RH_ROW_party];
    rh_command_role_grant_add grant = {*officer, rh_role_township, township};
    s = (rh_submission){.ask = {RH_DO_role_grant_add, &grant, RH_NONE, rh_role_system, 0}};
    return rh_running_do(r, &s, &done, err);
}

static rh_status
add_account(rh_running *r, const rh_said *said, int64_t officer, const char *password,
            rh_err *err)
{
    rh_hasher *hasher;
    char hash[RH_PASSWORD_HASH], uri[400];
    uint8_t secret[RH_TOTP_SECRET];
    int64_t id;
    RH_TRY(rh_hasher_new(&(rh_hasher_options){0}, &hasher, err));
    rh_status status = rh_password_hash(hasher, password, hash, err);
    rh_hasher_free(hasher);
    rh_totp_new(secret);
    status = status == RH_OK ? rh_accounts_add(r->accounts, said->officer, officer, hash,
                                               secret, rh_clock_now(&r->clock), &id, err)
                             : status;
    status = status == RH_OK
                 ? rh_totp_uri(secret, r->file.name_en, said->officer, uri, sizeof uri, err)
                 : status;
    sodium_memzero(secret, sizeof secret);
    RH_TRY(status);
    printf("%s\n%s\n",
           rh_in(said, "Scan this with an authenticator app; it is shown only once:",
                 "请用动态口令应用扫描下面的二维码，只显示这一次："),
           uri);
    status = rh_terminal_qr(stdout, uri, err);
    sodium_memzero(uri, sizeof uri);
    return status;
}

rh_status
rh_verb_init(const rh_said *said, rh_err *err)
{
    char password[RH_PASSWORD_MOST + 2], origin[RH_KEY_NAME];
    RH_TRY(check(said, err));
    snprintf(origin, sizeof origin, "%s.township/ronghe", said->code);
    rh_new_township made = {.folder = said->what[0],
                            .name_zh = said->name_zh,
                            .name_en = said->name_en != NULL ? said->name_en : said->name_zh,
                            .origin = said->origin != NULL ? said->origin : origin,
                            .database = said->database,
                            .listen = said->listen != NULL ? said->listen : "127.0.0.1:8080"};
    RH_TRY(get_password(said, password, sizeof password, err));
    rh_running r;
    int64_t officer = RH_NONE, simulated;
    RH_TRY(rh_said_now(said, &simulated, err));
    rh_status status = rh_township_make(&made, err);
    status = status == RH_OK ? rh_running_open(made.folder, simulated, &r, err) : status;
    if (status == RH_OK) {
        status = found(&r, said, &officer, err);
        status = status == RH_OK ? add_account(&r, said, officer, password, err) : status;
        rh_status closed = rh_running_close(&r, err);
        status = status == RH_OK ? closed : status;
    }
    sodium_memzero(password, sizeof password);
    if (status == RH_OK) {
        char key[RH_KEY_TEXT];
        RH_TRY(rh_township_key(&r.file, key, err));
        printf("%s %s\n%s ronghe-lease serve %s\n",
               rh_in(said, "Public key of the log, for witnesses and auditors:",
                     "公开日志的公钥（交见证人和审计人）："),
               key, rh_in(said, "Next:", "下一步："), made.folder);
    }
    return status;
}
