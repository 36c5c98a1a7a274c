/* Papers from rows: see papers.h. */
#include "web/papers.h"

#include "core/mem.h"
#include "core/sha256.h"
#include "domain/calendar_day.h"
#include "domain/notice_run.h"
#include "domain/offer_fact.h"
#include "domain/schedule.h"
#include "domain/setting.h"
#include "web/contract.h"
#include "web/format.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { RETURN_DAYS = 30, REPAIR_FEN = 50000, PATH_MOST = 4096 };

static const char rule_of_names[] =
    "本文本只写当事人编号，不写姓名；任何人都可以由公开记录重新写出并核对其 SHA-256。\n";

/* ---- small helpers ---- */

static const char *
place_name(const rh_registry *r, int64_t place)
{
    const rh_row_place *p = RH_OBJECT(r, place, place);
    return p == NULL ? "—" : p->name;
}

static void
add_uses(rh_growing *g, int64_t uses)
{
    bool first = true;
    for (int i = 0; i < rh_codes_lessee_use.n; i++) {
        if ((uint64_t)uses & RH_BIT(i)) {
            rh_growing_format(g, "%s%s", first ? "" : "、", rh_codes_lessee_use.zh[i]);
            first = false;
        }
    }
}

static void
add_shares(rh_growing *g, int64_t farmer, int64_t collective, int64_t reserve)
{
    rh_growing_format(g, "农户 %s，集体 %s，公积公益金 %s", rh_show_percent(farmer).text,
                      rh_show_percent(collective).text, rh_show_percent(reserve).text);
}

rh_hash
rh_paper_hash(const rh_growing *text)
{
    rh_hash hash;
    crypto_hash_sha256(hash.byte, (const uint8_t *)text->text, text->size);
    return hash;
}

/* ---- scheme ---- */

static void
write_scheme(const rh_registry *r, const rh_row_scheme *s, rh_growing *g)
{
    const rh_row_party *collective = RH_OBJECT(r, party, s->collective);
    rh_growing_format(g, "宅基地有偿使用方案\n集体：%s %" PRId64 " 号\n",
                      place_name(r, collective == NULL ? RH_NONE : collective->place),
                      s->collective);
    rh_growing_format(g, "事项：%s\n允许用途：", rh_codes_scheme_purpose.zh[s->purpose]);
    add_uses(g, s->uses);
    rh_growing_text(g, "\n租金分配：");
    add_shares(g, s->farmer_bp, s->collective_bp, s->reserve_bp);
    rh_growing_format(
        g, "\n底价：每平方米每年 %s\n公示天数：%" PRId64 " 天\n集体在合同中的角色：%s\n",
        rh_show_money(s->floor_fen_m2_year).text, s->notice_days,
        rh_codes_collective_role.zh[s->collective_role]);
    rh_growing_text(g, rule_of_names);
}

/* ---- notices ---- */

static void
write_offer_notice(const rh_registry *r, const rh_row_offer *o, rh_growing *g)
{
    rh_growing_format(g, "招租公示\n招租信息 %" PRId64 " 号\n所在村：%s\n", o->id,
                      place_name(r, o->village));
    rh_growing_format(g, "建筑面积：%s\n年租金（报价）：%s\n",
                      rh_show_area(RH_CHINESE, o->area_cm2).text,
                      rh_show_money(o->asking_fen_year).text);
    rh_growing_format(g, "租期：%s\n押金：%s\n用途：",
                      rh_show_period(RH_CHINESE, o->months).text,
                      rh_show_money(o->deposit_fen).text);
    add_uses(g, o->uses);
    rh_growing_format(
        g, "\n依据：方案 %" PRId64 " 号\n公示期内，知情人可以提出异议，由乡镇书面答复。\n",
        o->scheme);
    rh_growing_text(g, rule_of_names);
}

static void
write_lease_notice(const rh_registry *r, const rh_row_lease *l, rh_growing *g)
{
    rh_growing_format(g, "租赁结果公示\n租赁 %" PRId64 " 号\n所在村：%s\n", l->id,
                      place_name(r, l->village));
    rh_growing_format(g, "租期：%s 至 %s\n用途：%s\n首年租金：%s\n押金：%s\n租金分配：",
                      rh_show_date(RH_CHINESE, l->start).text,
                      rh_show_date(RH_CHINESE, l->end).text, rh_codes_lessee_use.zh[l->purpose],
                      rh_show_money(l->fen_year).text, rh_show_money(l->deposit_fen).text);
    add_shares(g, l->farmer_bp, l->collective_bp, l->reserve_bp);
    rh_growing_text(g, "\n合同文本 SHA-256：");
    rh_growing_hex(g, l->text.byte, sizeof l->text.byte);
    rh_growing_text(g, "\n公示期内，知情人可以提出异议，由乡镇书面答复。\n");
    rh_growing_text(g, rule_of_names);
}

/* ---- amendment ---- */

static void
write_amendment(const rh_registry *r, const rh_row_amendment *a, int64_t number, rh_growing *g)
{
    const rh_row_lease *l = RH_OBJECT(r, lease, a->lease);
    rh_growing_format(
        g, "租赁变更协议\n租赁 %" PRId64 " 号，第 %" PRId64 " 次提议\n原合同文本 SHA-256：",
        a->lease, number);
    /* of the contract first signed: it does not change when the amendment takes force */
    const rh_row_signature *first = NULL;
    for (int64_t id = rh_first(r, RH_BY_signature_lease, l->id); id != 0;
         id = rh_next(r, RH_BY_signature_lease, id)) {
        first = RH_OBJECT(r, signature, id);
    }
    const rh_hash *text = first == NULL ? &l->text : &first->document;
    rh_growing_hex(g, text->byte, sizeof text->byte);
    rh_growing_format(g, "\n到期日：%s\n年租金：%s\n租金分配：",
                      rh_show_date(RH_CHINESE, a->end).text, rh_show_money(a->fen_year).text);
    add_shares(g, a->farmer_bp, a->collective_bp, a->reserve_bp);
    rh_growing_format(g, "\n补充约定：%s\n其余条款不变。本协议自合同各方全部签署之日起生效。\n",
                      a->wording == NULL || a->wording[0] == '\0' ? "无" : a->wording);
    rh_growing_text(g, rule_of_names);
}

static int64_t
amendments_up_to(const rh_registry *r, int64_t lease, int64_t last)
{
    int64_t n = 0;
    for (int64_t id = rh_first(r, RH_BY_amendment_lease, lease); id != 0;
         id = rh_next(r, RH_BY_amendment_lease, id)) {
        n += id <= last;
    }
    return n;
}

/* ---- disclosure ---- */

static bool
recorded_in(const void *row, int64_t first, int64_t last)
{
    int64_t day = rh_day_of_time(((const rh_row_head *)row)->recorded);
    return day >= first && day <= last;
}

static void
write_disclosure(const rh_registry *r, int64_t place, int64_t first, int64_t last,
                 rh_growing *g)
{
    int64_t received = 0, part[3] = {0, 0, 0}, paid[rh_payee_count] = {0};
    int64_t receipts = rh_registry_count(r, RH_ROW_receipt),
            payouts = rh_registry_count(r, RH_ROW_payout);
    for (int64_t id = 1; id <= receipts; id++) {
        const rh_row_receipt *x = RH_OBJECT(r, receipt, id);
        if (x != NULL && rh_place_within(r, x->village, place) && recorded_in(x, first, last)) {
            int64_t sign = x->reverses == RH_NONE ? 1 : -1;
            received += sign * x->amount_fen;
            part[0] += x->farmer_fen == RH_NONE ? 0 : sign * x->farmer_fen;
            part[1] += x->collective_fen == RH_NONE ? 0 : sign * x->collective_fen;
            part[2] += x->reserve_fen == RH_NONE ? 0 : sign * x->reserve_fen;
        }
    }
    for (int64_t id = 1; id <= payouts; id++) {
        const rh_row_payout *x = RH_OBJECT(r, payout, id);
        if (x != NULL && rh_place_within(r, x->village, place) &&
            (x->state == rh_payout_state_paid || x->state == rh_payout_state_reconciled) &&
            recorded_in(x, first, last)) {
            paid[x->payee] += x->amount_fen;
        }
    }
    rh_growing_format(g, "租金收支公开\n地点：%s\n期间：%s 至 %s\n收款合计：%s\n",
                      place_name(r, place), rh_show_date(RH_CHINESE, first).text,
                      rh_show_date(RH_CHINESE, last).text, rh_show_money(received).text);
    rh_growing_format(g, "其中农户 %s，集体 %s，公积公益金 %s\n", rh_show_money(part[0]).text,
                      rh_show_money(part[1]).text, rh_show_money(part[2]).text);
    for (int payee = 0; payee < rh_payee_count; payee++) {
        rh_growing_format(g, "已付%s：%s\n", rh_codes_payee.zh[payee],
                          rh_show_money(paid[payee]).text);
    }
    rh_growing_text(g, rule_of_names);
}

/* ---- contract ---- */

static void
number_of_contract(const rh_row_lease *l, char out[64])
{
    rh_shown start = rh_show_iso_date(l->start);
    if (l->supersedes != RH_NONE) {
        snprintf(out, 64, "R%" PRId64 "-%.10s", l->supersedes, start.text);
    } else {
        snprintf(out, 64, "O%" PRId64 "-%.10s", l->offer == RH_NONE ? 0 : l->offer, start.text);
    }
}

/* The offer whose consents a lease rests on: its own, or that of the lease it renews. */
static const rh_row_offer *
offer_of(const rh_registry *r, const rh_row_lease *l)
{
    for (int i = 0; l != NULL && l->offer == RH_NONE && i < 100; i++) {
        l = l->supersedes == RH_NONE ? NULL : RH_OBJECT(r, lease, l->supersedes);
    }
    return l == NULL ? NULL : RH_OBJECT(r, offer, l->offer);
}

static void
holders_of(const rh_registry *r, const rh_row_offer *o, rh_growing *g)
{
    for (int64_t id = o == NULL ? 0 : rh_first(r, RH_BY_consent_offer, o->id); id != 0;
         id = rh_next(r, RH_BY_consent_offer, id)) {
        const rh_row_consent *consent = RH_OBJECT(r, consent, id);
        if (!consent->withdrawn) {
            rh_growing_format(g, "%s%" PRId64 " 号", g->size == 0 ? "" : "、", consent->person);
        }
    }
    if (g->size == 0) {
        rh_growing_text(g, "见登记");
    }
}

static rh_status
rents_of(const rh_row_lease *l, rh_contract_rent **out, size_t *n, rh_err *err)
{
    rh_rent_terms terms = {.start = l->start,
                           .end = l->end,
                           .fen_year = l->fen_year,
                           .step_bp = l->step_bp,
                           .step_years = l->step_years,
                           .period_months = l->period_months};
    *n = 0;
    if (!rh_rent_sane(&terms)) {
        return rh_fail(err, RH_INPUT, "The rent of the contract cannot be computed.");
    }
    rh_rent_due due;
    while (rh_rent_due_at(&terms, (int64_t)*n, &due)) {
        ++*n;
    }
    *out = rh_alloc(*n == 0 ? 1 : *n, sizeof **out);
    if (*out == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for a contract.");
    }
    for (size_t i = 0; i < *n && rh_rent_due_at(&terms, (int64_t)i, &due); i++) {
        (*out)[i] = (rh_contract_rent){due.from, due.from, due.to, due.fen};
    }
    return RH_OK;
}

rh_status
rh_paper_contract(const rh_registry *r, const rh_row_lease *l, int64_t today,
                  const char *lessor, const char *lessee, bool with_pdf, rh_contract_paper *out,
                  rh_err *err)
{
    const rh_row_baunit *unit = RH_OBJECT(r, baunit, l->baunit);
    const rh_row_parcel *parcel = unit == NULL ? NULL : RH_OBJECT(r, parcel, unit->parcel);
    const rh_row_building *house = unit == NULL ? NULL : RH_OBJECT(r, building, unit->building);
    const rh_row_offer *offer = offer_of(r, l);
    *out = (rh_contract_paper){0};
    if (parcel == NULL || house == NULL) {
        return rh_fail(err, RH_MISSING, "The house of the contract is not in the register.");
    }
    char number[64], lessor_no[200], lessee_no[200], collective[200], scheme[64], title[64],
        address[300];
    number_of_contract(l, number);
    snprintf(lessor_no, sizeof lessor_no, "农户 %" PRId64 " 号%s%s", l->household,
             lessor == NULL ? "" : " ", lessor == NULL ? "" : lessor);
    snprintf(lessee_no, sizeof lessee_no, "承租人 %" PRId64 " 号%s%s", l->lessee,
             lessee == NULL ? "" : " ", lessee == NULL ? "" : lessee);
    snprintf(collective, sizeof collective, "集体 %" PRId64 " 号", l->collective);
    snprintf(scheme, sizeof scheme, "方案 %" PRId64 " 号", l->scheme);
    snprintf(title, sizeof title, "登记依据 %" PRId64 " 号", offer == NULL ? 0 : offer->title);
    snprintf(address, sizeof address, "%.200s，不动产单元 %" PRId64 " 号",
             place_name(r, l->village), l->baunit);
    rh_growing holders = {0};
    holders_of(r, offer, &holders);
    rh_contract_rent *rent = NULL;
    size_t n_rents;
    rh_template *t = NULL;
    rh_status st = rents_of(l, &rent, &n_rents, err);
    const rh_contract_share share[3] = {
        {rh_codes_payee.zh[rh_payee_farmer], l->farmer_bp},
        {rh_codes_payee.zh[rh_payee_collective], l->collective_bp},
        {rh_codes_payee.zh[rh_payee_reserve], l->reserve_bp}};
    if (st == RH_OK) {
        st = rh_growing_check(&holders, err);
    }
    if (st == RH_OK) {
        st = rh_contract_template(RH_CHINESE, &t, err);
    }
    if (st == RH_OK) {
        rh_contract c = {.language = RH_CHINESE,
                         .number = number,
                         .lessor = lessor_no,
                         .lessee = lessee_no,
                         .right_holders = holders.text,
                         .collective = collective,
                         .parcel = parcel->number,
                         .address = address,
                         .title_paper = title,
                         .safety_grade = rh_codes_safety.zh[house->safety],
                         .uses = rh_codes_lessee_use.zh[l->purpose],
                         .scheme = scheme,
                         .wording = l->wording,
                         .collective_is_party = l->collective_role == rh_collective_role_party,
                         .parcel_cm2 = parcel->area_cm2,
                         .house_cm2 = house->area_cm2,
                         .start = l->start,
                         .end = l->end,
                         .months = rh_months_between(l->start, l->end),
                         .rent = rent,
                         .n_rents = n_rents,
                         .share = share,
                         .n_shares = 3,
                         .deposit_fen = l->deposit_fen,
                         .arrears_days =
                             rh_parameter_at(r, l->village, rh_parameter_arrears_days, today,
                                             rh_setting_default(rh_parameter_arrears_days)),
                         .return_days = RETURN_DAYS,
                         .repair_limit_fen = REPAIR_FEN,
                         .made = today * INT64_C(86400000)};
        st = rh_contract_make(t, &c, with_pdf, out, err);
    }
    rh_template_free(t);
    rh_free(rent);
    rh_growing_release(&holders);
    return st;
}

static rh_status
write_contract(const rh_registry *r, const rh_row_lease *l, int64_t today, rh_growing *g,
               rh_err *err)
{
    rh_contract_paper paper;
    RH_TRY(rh_paper_contract(r, l, today, NULL, NULL, false, &paper, err));
    rh_growing_bytes(g, paper.text, paper.size);
    rh_contract_paper_release(&paper);
    return RH_OK;
}

/* ---- by object ---- */

rh_status
rh_paper_write(const rh_registry *r, rh_row_kind kind, int64_t id, int64_t today, rh_growing *g,
               rh_err *err)
{
    const void *row = rh_registry_get(r, kind, id);
    if (row == NULL) {
        return rh_fail(err, RH_MISSING, "There is no such object.");
    }
    if (kind == RH_ROW_notice) {
        const rh_row_notice *n = row;
        if (n->object == rh_notice_object_lease) {
            write_lease_notice(r, RH_OBJECT(r, lease, n->object_id), g);
            return rh_growing_check(g, err);
        }
        return rh_paper_write(
            r, n->object == rh_notice_object_scheme ? RH_ROW_scheme : RH_ROW_offer,
            n->object_id, today, g, err);
    }
    if (kind == RH_ROW_scheme) {
        write_scheme(r, row, g);
    } else if (kind == RH_ROW_offer) {
        write_offer_notice(r, row, g);
    } else if (kind == RH_ROW_amendment) {
        const rh_row_amendment *a = row;
        write_amendment(r, a, amendments_up_to(r, a->lease, a->id), g);
    } else if (kind == RH_ROW_disclosure) {
        const rh_row_disclosure *d = row;
        write_disclosure(r, d->place, d->first, d->last, g);
    } else if (kind == RH_ROW_lease) {
        RH_TRY(write_contract(r, row, today, g, err));
    } else {
        return rh_fail(err, RH_MISSING, "There is no paper of this kind.");
    }
    return rh_growing_check(g, err);
}

/* ---- keeping ---- */

static bool
paper_path(const rh_site *site, bool restricted, const char *hex, char out[PATH_MOST])
{
    return site->documents != NULL && strlen(hex) == 64 &&
           strspn(hex, "0123456789abcdef") == 64 &&
           snprintf(out, PATH_MOST, "%s/%s-%s", site->documents,
                    restricted ? "contract" : "paper", hex) < PATH_MOST;
}

/* Written aside and renamed: nobody reads half a paper. */
static rh_status
keep(const rh_site *site, const rh_growing *g, bool restricted, rh_hash *hash, rh_err *err)
{
    char hex[65], path[PATH_MOST], aside[PATH_MOST + 80];
    *hash = rh_paper_hash(g);
    sodium_bin2hex(hex, sizeof hex, hash->byte, sizeof hash->byte);
    if (!paper_path(site, restricted, hex, path)) {
        return RH_OK;
    }
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        fclose(file);
        return RH_OK;
    }
    snprintf(aside, sizeof aside, "%s.%08x", path, randombytes_random());
    file = fopen(aside, "we");
    bool written = file != NULL && fwrite(g->text, 1, g->size, file) == g->size;
    written = file != NULL && fclose(file) == 0 && written && rename(aside, path) == 0;
    return written
               ? RH_OK
               : rh_fail(err, RH_IO, "The paper %s cannot be kept: %s.", path, strerror(errno));
}

rh_status
rh_paper_kept(const rh_site *site, const char *hex, bool *restricted, rh_growing *out,
              rh_err *err)
{
    char path[PATH_MOST], bytes[4096], found[65];
    FILE *file = NULL;
    for (int i = 0; i < 2 && file == NULL; i++) {
        *restricted = i == 1;
        if (paper_path(site, *restricted, hex, path)) {
            file = fopen(path, "re");
        }
    }
    if (file == NULL) {
        return rh_fail(err, RH_MISSING, "No paper with this hash is kept here.");
    }
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;) {
        rh_growing_bytes(out, bytes, n);
    }
    bool broken = ferror(file) != 0;
    fclose(file);
    RH_TRY(rh_growing_check(out, err));
    rh_hash hash = rh_paper_hash(out);
    sodium_bin2hex(found, sizeof found, hash.byte, sizeof hash.byte);
    return broken ? rh_fail(err, RH_IO, "The paper cannot be read.")
           : strcmp(found, hex) != 0
               ? rh_fail(err, RH_INVARIANT, "The kept paper has another hash than its name.")
               : RH_OK;
}

/* ---- deriving ---- */

/* The lease that a match or a renewal would make, as far as its contract needs it. */
static bool
lease_of_match(const rh_registry *r, const rh_command_offer_match *ask, rh_row_lease *l)
{
    const rh_row_offer *o = RH_OBJECT(r, offer, ask->offer);
    const rh_row_bid *b = RH_OBJECT(r, bid, ask->bid);
    const rh_row_scheme *s = o == NULL ? NULL : RH_OBJECT(r, scheme, o->scheme);
    const rh_row_baunit *unit = o == NULL ? NULL : RH_OBJECT(r, baunit, o->baunit);
    if (b == NULL || s == NULL || unit == NULL || ask->start == RH_NONE) {
        return false;
    }
    *l = (rh_row_lease){.village = o->village,
                        .offer = o->id,
                        .baunit = o->baunit,
                        .household = o->household,
                        .lessee = b->party,
                        .collective = unit->collective,
                        .collective_role = s->collective_role,
                        .start = ask->start,
                        .end = rh_day_add_months(ask->start, o->months),
                        .purpose = b->purpose,
                        .fen_year = b->fen_year,
                        .step_bp = ask->step_bp,
                        .step_years = ask->step_years,
                        .period_months = ask->period_months,
                        .deposit_fen = o->deposit_fen,
                        .farmer_bp = s->farmer_bp,
                        .collective_bp = s->collective_bp,
                        .reserve_bp = s->reserve_bp,
                        .scheme = s->id,
                        .supersedes = RH_NONE,
                        .wording = ask->wording};
    return true;
}

static bool
lease_of_renewal(const rh_registry *r, const rh_command_lease_renew *ask, rh_row_lease *l)
{
    const rh_row_lease *old = RH_OBJECT(r, lease, ask->lease);
    const rh_row_scheme *s = old == NULL ? NULL : rh_homestead_scheme(r, old->collective);
    if (s == NULL || ask->months < 1 || ask->months > 1200) {
        return false;
    }
    *l = *old;
    l->offer = RH_NONE;
    l->supersedes = old->id;
    l->collective_role = s->collective_role;
    l->start = old->end;
    l->end = rh_day_add_months(old->end, ask->months);
    l->fen_year = ask->fen_year;
    l->farmer_bp = s->farmer_bp;
    l->collective_bp = s->collective_bp;
    l->reserve_bp = s->reserve_bp;
    l->scheme = s->id;
    l->wording = ask->wording;
    return true;
}

/* The hash of a contract that the domain will refuse for a better reason than ours must still be said: that of an empty text. */
static rh_status
derive_contract(const rh_site *site, const rh_registry *r, const rh_row_lease *l, int64_t today,
                rh_hash *hash, rh_err *err)
{
    rh_growing g = {0};
    rh_status st = write_contract(r, l, today, &g, err);
    if (st == RH_OK) {
        st = rh_growing_check(&g, err);
    }
    if (st == RH_OK) {
        st = keep(site, &g, true, hash, err);
    } else if (st == RH_INPUT) {
        rh_growing_clear(&g);
        rh_growing_text(&g, "");
        crypto_hash_sha256(hash->byte, (const uint8_t *)"", 0);
        st = RH_OK;
    }
    rh_growing_release(&g);
    return st;
}

static rh_status
mark(const rh_site *site, const rh_hash *text, int64_t party, const rh_row_lease *l,
     char room[512], const char **out, rh_err *err)
{
    char hex[65], said[300];
    uint8_t signature[crypto_sign_BYTES];
    if (site->signing_key == NULL) {
        return rh_fail(err, RH_USAGE, "This township has no signing key yet.");
    }
    sodium_bin2hex(hex, sizeof hex, text->byte, sizeof text->byte);
    int n = snprintf(said, sizeof said,
                     "ronghe-lease mark v1\n%s\n%" PRId64 "\n%" PRId64 "\n%" PRId64 "\n", hex,
                     party, l->id, l->version);
    crypto_sign_detached(signature, NULL, (const uint8_t *)said, (unsigned long long)n,
                         site->signing_key);
    memcpy(room, "ed25519:", 8);
    sodium_bin2hex(room + 8, 512 - 8, signature, sizeof signature);
    *out = room;
    return RH_OK;
}

static rh_status
derive_text(const rh_site *site, const rh_registry *r, rh_growing *g, rh_asking *asking,
            int64_t today, rh_err *err)
{
    rh_command *c = &asking->command;
    switch (asking->kind) {
    case RH_DO_scheme_draft: {
        const rh_command_scheme_draft *d = &c->scheme_draft;
        rh_row_scheme s = {.collective = d->collective,
                           .purpose = d->purpose,
                           .uses = d->uses,
                           .farmer_bp = d->farmer_bp,
                           .collective_bp = d->collective_bp,
                           .reserve_bp = d->reserve_bp,
                           .floor_fen_m2_year = d->floor_fen_m2_year,
                           .notice_days = d->notice_days,
                           .collective_role = d->collective_role};
        write_scheme(r, &s, g);
        return keep(site, g, false, &c->scheme_draft.text, err);
    }
    case RH_DO_offer_review:
        if (RH_OBJECT(r, offer, c->offer_review.offer) == NULL) {
            return RH_OK;
        }
        write_offer_notice(r, RH_OBJECT(r, offer, c->offer_review.offer), g);
        return keep(site, g, false, &c->offer_review.text, err);
    case RH_DO_lease_publicise:
        if (RH_OBJECT(r, lease, c->lease_publicise.lease) == NULL) {
            return RH_OK;
        }
        write_lease_notice(r, RH_OBJECT(r, lease, c->lease_publicise.lease), g);
        return keep(site, g, false, &c->lease_publicise.text, err);
    case RH_DO_disclosure_publish:
        write_disclosure(r, c->disclosure_publish.place, c->disclosure_publish.first,
                         c->disclosure_publish.last, g);
        return keep(site, g, false, &c->disclosure_publish.text, err);
    case RH_DO_lease_amend: {
        const rh_command_lease_amend *d = &c->lease_amend;
        if (RH_OBJECT(r, lease, d->lease) == NULL) {
            return RH_OK;
        }
        rh_row_amendment a = {.lease = d->lease,
                              .end = d->end,
                              .fen_year = d->fen_year,
                              .farmer_bp = d->farmer_bp,
                              .collective_bp = d->collective_bp,
                              .reserve_bp = d->reserve_bp,
                              .wording = d->wording};
        write_amendment(r, &a, amendments_up_to(r, d->lease, INT64_MAX) + 1, g);
        return keep(site, g, true, &c->lease_amend.text, err);
    }
    case RH_DO_offer_match: {
        rh_row_lease l;
        return lease_of_match(r, &c->offer_match, &l)
                   ? derive_contract(site, r, &l, today, &c->offer_match.text, err)
                   : RH_OK;
    }
    case RH_DO_lease_renew: {
        rh_row_lease l;
        return lease_of_renewal(r, &c->lease_renew, &l)
                   ? derive_contract(site, r, &l, today, &c->lease_renew.text, err)
                   : RH_OK;
    }
    default:
        return RH_OK;
    }
}

static bool
is_zero(const rh_hash *hash)
{
    return sodium_is_zero(hash->byte, sizeof hash->byte) == 1;
}

/* A signer who names the text signs that one; who names none signs what is on file. */
static rh_status
derive_signature(const rh_site *site, const rh_registry *r, int64_t party, rh_asking *asking,
                 char room[512], rh_err *err)
{
    if (asking->kind == RH_DO_lease_sign) {
        rh_command_lease_sign *s = &asking->command.lease_sign;
        const rh_row_lease *l = RH_OBJECT(r, lease, s->lease);
        if (l == NULL) {
            return RH_OK;
        }
        s->text = is_zero(&s->text) ? l->text : s->text;
        return s->mark != NULL && s->mark[0] != '\0'
                   ? RH_OK
                   : mark(site, &s->text, party, l, room, &s->mark, err);
    }
    rh_command_amendment_sign *s = &asking->command.amendment_sign;
    const rh_row_amendment *a = RH_OBJECT(r, amendment, s->amendment);
    if (a == NULL) {
        return RH_OK;
    }
    s->text = is_zero(&s->text) ? a->text : s->text;
    return s->mark != NULL && s->mark[0] != '\0'
               ? RH_OK
               : mark(site, &s->text, party, RH_OBJECT(r, lease, a->lease), room, &s->mark,
                      err);
}

/* What could not be derived belongs to a command that the domain refuses for a better reason (no such object, no scheme in force); so that it is asked
 * at all, the empty text is said. */
static void
say_the_least(rh_asking *asking)
{
    const rh_record_type *type = rh_command_type(asking->kind);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        void *place = (char *)&asking->command + f->offset;
        if (!rh_asking_derives(asking->kind, f)) {
            continue;
        }
        if (f->type == RH_FIELD_HASH && is_zero(place)) {
            crypto_hash_sha256(((rh_hash *)place)->byte, (const uint8_t *)"", 0);
        } else if (f->type == RH_FIELD_TEXT && *(const char **)place == NULL) {
            *(const char **)place = "-";
        }
    }
}

rh_status
rh_papers_derive(rh_site *site, const rh_registry *registry, int64_t party, rh_asking *asking,
                 char room[512], rh_err *err)
{
    if (asking->kind == RH_DO_lease_sign || asking->kind == RH_DO_amendment_sign) {
        RH_TRY(derive_signature(site, registry, party, asking, room, err));
    } else {
        rh_growing g = {0};
        int64_t today = rh_day_of_time(rh_clock_now(site->clock));
        rh_status st = derive_text(site, registry, &g, asking, today, err);
        rh_growing_release(&g);
        RH_TRY(st);
    }
    say_the_least(asking);
    return RH_OK;
}
