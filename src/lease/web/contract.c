/* The contract of a long lease: see contract.h. */
#include "web/contract.h"

#include "core/datadir.h"
#include "core/mem.h"
#include "web/format.h"
#include "web/web_message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The values that a template may name: what is shown of a contract c in language l. */
#define VALUES(X)                                                                              \
    X(number, given(c->number))                                                                \
    X(lessor, given(c->lessor))                                                                \
    X(lessee, given(c->lessee))                                                                \
    X(right_holders, given(c->right_holders))                                                  \
    X(collective, given(c->collective))                                                        \
    X(parcel, given(c->parcel))                                                                \
    X(address, given(c->address))                                                              \
    X(title_paper, given(c->title_paper))                                                      \
    X(safety_grade, given(c->safety_grade))                                                    \
    X(uses, given(c->uses))                                                                    \
    X(scheme, given(c->scheme))                                                                \
    X(wording, given(wording(c)))                                                              \
    X(parcel_area, shown(rh_show_area(l, c->parcel_cm2)))                                      \
    X(parcel_mu, shown(rh_show_mu(l, c->parcel_cm2)))                                          \
    X(house_area, shown(rh_show_area(l, c->house_cm2)))                                        \
    X(start, shown(rh_show_date(l, c->start)))                                                 \
    X(end, shown(rh_show_date(l, c->end)))                                                     \
    X(period, shown(rh_show_period(l, c->months)))                                             \
    X(rent_total, shown(rh_show_money(rent_total(c))))                                         \
    X(rent_total_capital, shown(rh_show_capital_money(rent_total(c))))                         \
    X(deposit, shown(rh_show_money(c->deposit_fen)))                                           \
    X(deposit_capital, shown(rh_show_capital_money(c->deposit_fen)))                           \
    X(arrears_days, count(c->arrears_days))                                                    \
    X(return_days, count(c->return_days))                                                      \
    X(repair_limit, shown(rh_show_money(c->repair_limit_fen)))

enum {
#define X(name, how) VALUE_##name,
    VALUES(X)
#undef X
        N_VALUES
};
static const char *const value_name[] = {
#define X(name, how) #name,
    VALUES(X)
#undef X
};

enum { COLLECTIVE_IS_PARTY, HAS_SPLIT, HAS_DEPOSIT, N_FLAGS };
static const char *const flag_name[N_FLAGS] = {"collective_is_party", "has_split",
                                               "has_deposit"};

enum { RENT, SPLIT, N_TABLES, RENT_COLUMNS = 4, SPLIT_COLUMNS = 2 };
static const char *const table_name[N_TABLES] = {"rent", "split"};

static const rh_template_names names = {value_name, flag_name, table_name,
                                        N_VALUES,   N_FLAGS,   N_TABLES};

/* A text that is borrowed, or one that was made and is kept here. */
typedef struct value {
    const char *given;
    rh_shown shown;
} value;

static value
given(const char *text)
{
    return (value){.given = text};
}

static value
shown(rh_shown s)
{
    return (value){.shown = s};
}

static value
count(int64_t n)
{
    value v = {.given = NULL};
    snprintf(v.shown.text, sizeof v.shown.text, "%lld", (long long)n);
    return v;
}

static int64_t
rent_total(const rh_contract *c)
{
    int64_t sum = 0;
    for (size_t i = 0; i < c->n_rents; i++) {
        sum += c->rent[i].fen;
    }
    return sum;
}

static const char *
wording(const rh_contract *c)
{
    return c->wording != NULL && c->wording[0] != '\0'
               ? c->wording
               : rh_web_text(c->language, RH_WEB_CONTRACT_NO_WORDING);
}

/* K2; and whatever would be shown as "—" is refused: a contract has no gaps. */
static rh_status
check(const rh_contract *c, rh_err *err)
{
    const int64_t most_fen = INT64_C(99999999999999);
    if (c->start >= c->end || c->months <= 0 || c->n_rents == 0 || c->n_rents > 1000 ||
        c->n_shares > 100) {
        return rh_fail(err, RH_INPUT,
                       "The contract %s has no rent or a term that is out of order.",
                       c->number);
    }
    int64_t sum = 0, bp = 0, last = INT64_MIN;
    for (size_t i = 0; i < c->n_rents; i++) {
        const rh_contract_rent *r = &c->rent[i];
        if (r->fen < 0 || r->fen > most_fen || r->from > r->to || r->from < last ||
            r->due == RH_NONE) {
            return rh_fail(err, RH_INPUT, "Rent %zu of the contract %s is out of order.", i + 1,
                           c->number);
        }
        last = r->from;
        sum += r->fen;
    }
    for (size_t i = 0; i < c->n_shares; i++) {
        if (c->share[i].basis_points < 0 || c->share[i].basis_points > 10000) {
            return rh_fail(err, RH_INPUT,
                           "A share of the contract %s lies outside 0 to 10000 basis points.",
                           c->number);
        }
        bp += c->share[i].basis_points;
    }
    if (c->n_shares > 0 && bp != 10000) {
        return rh_fail(
            err, RH_INPUT,
            "The shares of the contract %s are %lld basis points together, not 10000.",
            c->number, (long long)bp);
    }
    if (sum > most_fen || c->deposit_fen < 0 || c->deposit_fen > most_fen ||
        c->repair_limit_fen < 0 || c->parcel_cm2 <= 0 || c->house_cm2 <= 0 ||
        c->arrears_days <= 0 || c->return_days <= 0) {
        return rh_fail(err, RH_INPUT,
                       "An amount, area or number of days of the contract %s is out of range.",
                       c->number);
    }
    return RH_OK;
}

static void
keep(char **cell, const char *text, bool *failed)
{
    *cell = rh_strdup(text);
    *failed |= *cell == NULL;
}

/* The cells of a table; the caller frees what was made, also after a failure. */
static bool
rent_cells(const rh_contract *c, char **cell)
{
    static const enum rh_web_message head[RENT_COLUMNS] = {
        RH_WEB_CONTRACT_INSTALMENT, RH_WEB_CONTRACT_DUE, RH_WEB_CONTRACT_FOR,
        RH_WEB_CONTRACT_AMOUNT};
    bool failed = false;
    for (size_t k = 0; k < RENT_COLUMNS; k++) {
        keep(&cell[k], rh_web_text(c->language, head[k]), &failed);
    }
    for (size_t i = 0; i < c->n_rents; i++) {
        const rh_contract_rent *r = &c->rent[i];
        char **row = cell + (i + 1) * RENT_COLUMNS, text[600];
        keep(&row[0], rh_text_count(i + 1).text, &failed);
        keep(&row[1], rh_show_date(c->language, r->due).text, &failed);
        rh_web_say(text, sizeof text, c->language, RH_WEB_CONTRACT_FROM_TO,
                   rh_show_date(c->language, r->from).text,
                   rh_show_date(c->language, r->to).text, NULL);
        keep(&row[2], text, &failed);
        keep(&row[3], rh_show_money(r->fen).text, &failed);
    }
    return !failed;
}

static bool
split_cells(const rh_contract *c, char **cell)
{
    bool failed = false;
    keep(&cell[0], rh_web_text(c->language, RH_WEB_CONTRACT_PAYEE), &failed);
    keep(&cell[1], rh_web_text(c->language, RH_WEB_CONTRACT_SHARE), &failed);
    for (size_t i = 0; i < c->n_shares; i++) {
        keep(&cell[2 * i + 2], c->share[i].payee == NULL ? "" : c->share[i].payee, &failed);
        keep(&cell[2 * i + 3], rh_show_percent(c->share[i].basis_points).text, &failed);
    }
    return !failed;
}

static void
free_cells(char **cell, size_t n)
{
    for (size_t i = 0; cell != NULL && i < n; i++) {
        rh_free(cell[i]);
    }
    rh_free(cell);
}

enum { MOST_NAME = 500 };

/* The filled template, and from it the PDF. */
static rh_status
make_paper(const rh_template *t, const rh_contract *c, const rh_block table[N_TABLES],
           bool with_pdf, rh_contract_paper *out, rh_err *err)
{
    enum rh_language l = c->language;
    value made[N_VALUES] = {
#define X(name, how) [VALUE_##name] = how,
        VALUES(X)
#undef X
    };
    const char *text[N_VALUES];
    for (int i = 0; i < N_VALUES; i++) {
        bool name = i == VALUE_lessor || i == VALUE_lessee || i == VALUE_collective;
        text[i] = made[i].shown.text[0] != '\0' ? made[i].shown.text : made[i].given;
        if (text[i] == NULL || text[i][0] == '\0') {
            return rh_fail(err, RH_INPUT, "The value \"%s\" of the contract is missing.",
                           value_name[i]);
        }
        if (name && strlen(text[i]) > MOST_NAME) {
            return rh_fail(err, RH_INPUT,
                           "The name \"%s\" of the contract is longer than %d bytes.",
                           value_name[i], MOST_NAME);
        }
    }
    const bool flag[N_FLAGS] = {[COLLECTIVE_IS_PARTY] = c->collective_is_party,
                                [HAS_SPLIT] = c->n_shares > 0,
                                [HAS_DEPOSIT] = c->deposit_fen > 0};
    char lessor[600], lessee[600], collective[600]; /* names of at most MOST_NAME bytes fit */
    rh_web_say(lessor, sizeof lessor, l, RH_WEB_CONTRACT_LESSOR, c->lessor, NULL);
    rh_web_say(lessee, sizeof lessee, l, RH_WEB_CONTRACT_LESSEE, c->lessee, NULL);
    rh_web_say(collective, sizeof collective, l,
               c->collective_is_party ? RH_WEB_CONTRACT_COLLECTIVE : RH_WEB_CONTRACT_WITNESS,
               c->collective, NULL);
    const char *const signatory[3] = {lessor, lessee, collective};
    const rh_template_values values = {text, flag, table, signatory, 3};
    rh_filled f;
    RH_TRY(rh_template_fill(t, l, &values, &f, err));
    rh_status st = RH_OK;
    if (with_pdf) {
        const rh_document d = {l, c->number, c->made, f.hash, f.block, f.n};
        st = rh_pdf_make(&d, &out->pdf, err);
    }
    if (st == RH_OK) {
        out->text = f.text;
        out->size = f.size;
        memcpy(out->hash, f.hash, sizeof out->hash);
        f.text = NULL;
    }
    rh_filled_release(&f);
    return st;
}

rh_status
rh_contract_make(const rh_template *t, const rh_contract *c, bool with_pdf,
                 rh_contract_paper *out, rh_err *err)
{
    *out = (rh_contract_paper){0};
    if (c->number == NULL) {
        return rh_fail(err, RH_INPUT, "The contract has no number.");
    }
    RH_TRY(check(c, err));
    size_t rents = (c->n_rents + 1) * RENT_COLUMNS, shares = (c->n_shares + 1) * SPLIT_COLUMNS;
    char **rent = rh_alloc(rents, sizeof *rent), **share = rh_alloc(shares, sizeof *share);
    rh_status st;
    if (rent == NULL || share == NULL || !rent_cells(c, rent) || !split_cells(c, share)) {
        st = rh_fail(err, RH_MEMORY, "Not enough memory for a contract.");
    } else {
        const rh_block table[N_TABLES] = {[RENT] = {.cell = (const char *const *)rent,
                                                    .rows = c->n_rents + 1,
                                                    .columns = RENT_COLUMNS},
                                          [SPLIT] = {.cell = (const char *const *)share,
                                                     .rows = c->n_shares + 1,
                                                     .columns = SPLIT_COLUMNS}};
        st = make_paper(t, c, table, with_pdf, out, err);
    }
    free_cells(rent, rents);
    free_cells(share, shares);
    return st;
}

void
rh_contract_paper_release(rh_contract_paper *paper)
{
    rh_free(paper->text);
    rh_pdf_release(&paper->pdf);
    *paper = (rh_contract_paper){0};
}

rh_status
rh_contract_parse(const char *file, const char *bytes, size_t size, rh_template **out,
                  rh_err *err)
{
    return rh_template_parse(file, bytes, size, &names, out, err);
}

static rh_status
parse_file(const char *path, rh_template **out, rh_err *err)
{
    enum { MOST = 1 << 20 };
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return rh_fail(err, RH_IO, "The template %s cannot be opened: %s.", path,
                       strerror(errno));
    }
    char *bytes = rh_alloc(MOST, 1);
    size_t size = bytes == NULL ? 0 : fread(bytes, 1, MOST, file);
    bool broken = ferror(file) != 0;
    fclose(file);
    rh_status st;
    if (bytes == NULL) {
        st = rh_fail(err, RH_MEMORY, "Not enough memory for the template %s.", path);
    } else if (broken || size == MOST) {
        st =
            rh_fail(err, RH_IO, "The template %s cannot be read or is larger than 1 MB.", path);
    } else {
        st = rh_contract_parse(path, bytes, size, out, err);
    }
    rh_free(bytes);
    return st;
}

rh_status
rh_contract_template(enum rh_language language, rh_template **out, rh_err *err)
{
    char *path;
    *out = NULL;
    RH_TRY(
        rh_data_dir(language == RH_CHINESE ? "lease/contract.zh.txt" : "lease/contract.en.txt",
                    &path, err));
    rh_status st = parse_file(path, out, err);
    rh_free(path);
    return st;
}
