/* Choice lists and explanations of forms: see choices.h. */
#include "web/choices.h"

#include "domain/case.h"
#include "domain/rule.h"
#include "domain/split.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t
number_typed(rh_typed *typed, const void *context, const char *name)
{
    return strtoll(typed(context, name), NULL, 10);
}

static void
add(const rh_view *v, rh_choices *out, rh_row_kind kind, int64_t id, const char *detail)
{
    if (out->n == RH_CHOICES_MOST) {
        return;
    }
    size_t i = out->n++;
    rh_shown name = rh_view_name(v, kind, id);
    snprintf(out->room[i].value, sizeof out->room[i].value, "%" PRId64, id);
    snprintf(out->room[i].text.text, sizeof out->room[i].text.text, "%.80s%s%.160s", name.text,
             detail[0] == '\0' ? "" : " · ", detail);
    rh_text_mend(out->room[i].text.text);
    out->choice[i] = (rh_choice){out->room[i].value, out->room[i].text.text, NULL};
}

/* Does the reader hold the role for this object? */
static bool
holds(const rh_view *v, rh_row_kind kind, int64_t id, int64_t role)
{
    rh_case c;
    if (v->party == RH_NONE || rh_registry_get(v->r, kind, id) == NULL) {
        return false;
    }
    rh_case_about(&c, v->r, kind, id, v->today);
    return rh_party_holds(&c, v->party, role);
}

/* ---- what is not public ---- */

static void
add_units(const rh_view *v, rh_choices *out)
{
    for (int64_t id =
             v->party == RH_NONE ? 0 : rh_first(v->r, RH_BY_household_member_person, v->party);
         id != 0; id = rh_next(v->r, RH_BY_household_member_person, id)) {
        const rh_row_household_member *m = RH_OBJECT(v->r, household_member, id);
        for (int64_t u = rh_holds(m, v->today)
                             ? rh_first(v->r, RH_BY_baunit_household, m->household)
                             : 0;
             u != 0; u = rh_next(v->r, RH_BY_baunit_household, u)) {
            const rh_row_baunit *unit = RH_OBJECT(v->r, baunit, u);
            add(v, out, RH_ROW_baunit, u, rh_view_place(v, unit->village));
        }
    }
}

static void
add_right_holders(const rh_view *v, int64_t offer, rh_choices *out)
{
    const rh_row_offer *o = RH_OBJECT(v->r, offer, offer);
    if (o == NULL || !holds(v, RH_ROW_offer, offer, rh_role_holder)) {
        return;
    }
    for (int64_t id = rh_first(v->r, RH_BY_household_member_household, o->household); id != 0;
         id = rh_next(v->r, RH_BY_household_member_household, id)) {
        const rh_row_household_member *m = RH_OBJECT(v->r, household_member, id);
        if (m->right_holder && rh_holds(m, v->today)) {
            add(v, out, RH_ROW_party, m->person,
                m->person == v->party ? rh_view_say(v, RH_WEB_YOURSELF) : "");
        }
    }
}

static void
add_bids(const rh_view *v, int64_t offer, rh_choices *out)
{
    bool own = holds(v, RH_ROW_offer, offer, rh_role_holder);
    for (int64_t id = rh_first(v->r, RH_BY_bid_offer, offer); id != 0;
         id = rh_next(v->r, RH_BY_bid_offer, id)) {
        const rh_row_bid *b = RH_OBJECT(v->r, bid, id);
        if (b->state == rh_bid_state_placed && (own || b->party == v->party)) {
            char text[700];
            snprintf(text, sizeof text, "%s · %s", rh_show_money(b->fen_year).text,
                     rh_view_word(v, &rh_codes_lessee_use, b->purpose));
            add(v, out, RH_ROW_bid, id, text);
        }
    }
}

static void
add_own_bids(const rh_view *v, rh_choices *out)
{
    for (int64_t id = v->party == RH_NONE ? 0 : rh_first(v->r, RH_BY_bid_party, v->party);
         id != 0; id = rh_next(v->r, RH_BY_bid_party, id)) {
        const rh_row_bid *b = RH_OBJECT(v->r, bid, id);
        if (b->state == rh_bid_state_placed) {
            add(v, out, RH_ROW_bid, id, rh_view_name(v, RH_ROW_offer, b->offer).text);
        }
    }
}

static void
add_accounts_of(const rh_view *v, int64_t party, rh_choices *out)
{
    for (int64_t id = rh_first(v->r, RH_BY_bank_account_party, party); id != 0;
         id = rh_next(v->r, RH_BY_bank_account_party, id)) {
        const rh_row_bank_account *a = RH_OBJECT(v->r, bank_account, id);
        char text[400];
        snprintf(text, sizeof text, "%s · %s", rh_view_word(v, &rh_codes_bank_kind, a->kind),
                 rh_view_name(v, RH_ROW_party, a->party).text);
        add(v, out, RH_ROW_bank_account, id, text);
    }
}

/* Accounts to which money of the lease may go: the treasurer sees their kind and holder, not their numbers. */
static void
add_accounts(const rh_view *v, int64_t lease, rh_choices *out)
{
    const rh_row_lease *l = RH_OBJECT(v->r, lease, lease);
    if (l == NULL || !holds(v, RH_ROW_lease, lease, rh_role_treasurer)) {
        return;
    }
    add_accounts_of(v, l->collective, out);
    add_accounts_of(v, l->lessee, out);
    for (int64_t id = rh_first(v->r, RH_BY_household_member_household, l->household); id != 0;
         id = rh_next(v->r, RH_BY_household_member_household, id)) {
        add_accounts_of(v, RH_OBJECT(v->r, household_member, id)->person, out);
    }
}

/* ---- what everybody may read ---- */

static void
add_collectives(const rh_view *v, rh_choices *out)
{
    int64_t n = rh_registry_count(v->r, RH_ROW_party);
    for (int64_t id = 1; id <= n; id++) {
        const rh_row_party *p = RH_OBJECT(v->r, party, id);
        if (p->kind == rh_party_kind_collective) {
            add(v, out, RH_ROW_party, id, rh_view_place(v, p->place));
        }
    }
}

static void
add_lines(const rh_view *v, rh_choices *out)
{
    int64_t n = rh_registry_count(v->r, RH_ROW_rent_line);
    for (int64_t id = 1; id <= n; id++) {
        const rh_row_rent_line *line = RH_OBJECT(v->r, rent_line, id);
        int64_t open = line->amount_fen - rh_received(v->r, id);
        if (line->cancelled != 1 && open > 0 && line->due <= v->today + 31) {
            char text[900];
            snprintf(text, sizeof text, "%s · %s · %s",
                     rh_view_name(v, RH_ROW_lease, line->lease).text,
                     rh_show_iso_date(line->due).text, rh_show_money(open).text);
            add(v, out, RH_ROW_rent_line, id, text);
        }
    }
}

static void
add_sources(const rh_view *v, rh_choices *out)
{
    for (int64_t id = rh_registry_count(v->r, RH_ROW_source);
         id >= 1 && out->n < RH_CHOICES_MOST; id--) {
        const rh_row_source *s = RH_OBJECT(v->r, source, id);
        add(v, out, RH_ROW_source, id, rh_view_word(v, &rh_codes_source_kind, s->kind));
    }
}

static void
add_places(const rh_view *v, bool villages, rh_choices *out)
{
    int64_t n = rh_registry_count(v->r, RH_ROW_place);
    for (int64_t id = 1; id <= n; id++) {
        const rh_row_place *p = RH_OBJECT(v->r, place, id);
        if (!villages || p->level == rh_level_village) {
            add(v, out, RH_ROW_place, id, p->name);
        }
    }
}

/* Objects with a state that the command can move, newest first. */
static void
add_movable(const rh_view *v, rh_command_kind command, rh_row_kind kind, rh_choices *out)
{
    const rh_rule *rule = rh_rule_of(command);
    const rh_codes *states = rh_states_of(kind);
    for (int64_t id = rh_registry_count(v->r, kind); id >= 1 && out->n < RH_CHOICES_MOST;
         id--) {
        int64_t state = rh_state_of(kind, rh_registry_get(v->r, kind, id));
        if (rule->object != kind || (rule->from & RH_BIT(state))) {
            add(v, out, kind, id, rh_view_word(v, states, state));
        }
    }
}

static void
add_notices(const rh_view *v, rh_choices *out)
{
    for (int64_t id = rh_registry_count(v->r, RH_ROW_notice);
         id >= 1 && out->n < RH_CHOICES_MOST; id--) {
        const rh_row_notice *n = RH_OBJECT(v->r, notice, id);
        if (rh_view_notice_runs(v, n)) {
            char text[400];
            snprintf(text, sizeof text, "%s %" PRId64,
                     rh_view_word(v, &rh_codes_notice_object, n->object), n->object_id);
            add(v, out, RH_ROW_notice, id, text);
        }
    }
}

static void
add_meetings(const rh_view *v, rh_choices *out)
{
    for (int64_t id = rh_registry_count(v->r, RH_ROW_meeting);
         id >= 1 && out->n < RH_CHOICES_MOST; id--) {
        const rh_row_meeting *m = RH_OBJECT(v->r, meeting, id);
        if (m->passed == RH_NONE) {
            add(v, out, RH_ROW_meeting, id, rh_view_name(v, RH_ROW_scheme, m->scheme).text);
        }
    }
}

void
rh_choices_of(const rh_view *v, rh_command_kind command, const rh_field *field, rh_typed *typed,
              const void *context, rh_choices *out)
{
    out->n = 0;
    if (field->type != RH_FIELD_ID || v->r == NULL || strcmp(field->name, "object_id") == 0) {
        return;
    }
    rh_row_kind kind = rh_reference_kind(field);
    int64_t offer = number_typed(typed, context, "offer"),
            lease = number_typed(typed, context, "lease");
    switch (kind) {
    case RH_ROW_baunit:
        add_units(v, out);
        break;
    case RH_ROW_bid:
        if (offer > 0) {
            add_bids(v, offer, out);
        } else {
            add_own_bids(v, out);
        }
        break;
    case RH_ROW_bank_account:
        add_accounts(v, lease, out);
        break;
    case RH_ROW_rent_line:
        add_lines(v, out);
        break;
    case RH_ROW_source:
        if (v->party != RH_NONE) {
            add_sources(v, out);
        }
        break;
    case RH_ROW_place:
        add_places(v, strcmp(field->name, "village") == 0, out);
        break;
    case RH_ROW_notice:
        add_notices(v, out);
        break;
    case RH_ROW_meeting:
        add_meetings(v, out);
        break;
    case RH_ROW_party:
        if (strcmp(field->name, "collective") == 0) {
            add_collectives(v, out);
        } else if (strcmp(field->name, "person") == 0) {
            add_right_holders(v, offer, out);
        }
        break;
    default:
        if (rh_states_of(kind) != NULL) {
            add_movable(v, command, kind, out);
        }
        break;
    }
    /* what is typed stays possible: the domain says what is wrong with it */
    int64_t id = number_typed(typed, context, field->name);
    for (size_t i = 0; i < out->n; i++) {
        if (strcmp(out->room[i].value, typed(context, field->name)) == 0) {
            return;
        }
    }
    if (id > 0 && out->n > 0) {
        out->n -= out->n == RH_CHOICES_MOST;
        add(v, out, kind, id, "");
    }
}

/* ---- what is to be read before ---- */

/* A sum and its parts, each to the fen. */
static void
write_split(rh_view *v, int64_t fen, int64_t farmer, int64_t collective, int64_t reserve)
{
    const int64_t share[3] = {farmer, collective, reserve};
    static const int64_t payee[3] = {rh_payee_farmer, rh_payee_collective, rh_payee_reserve};
    int64_t part[3];
    if (fen < 0 || farmer < 0 || collective < 0 || reserve < 0 ||
        farmer + collective + reserve != 10000) {
        return;
    }
    rh_split(fen, 3, share, part);
    rh_view_paragraph(v, RH_WEB_SPLIT_PREVIEW, rh_show_money(fen).text);
    rh_facts_begin(v->h);
    for (int i = 0; i < 3; i++) {
        rh_fact(v->h, rh_view_word(v, &rh_codes_payee, payee[i]), rh_show_money(part[i]).text);
    }
    rh_facts_end(v->h);
}

void
rh_choices_explain(rh_view *v, rh_command_kind command, const rh_field *field, rh_typed *typed,
                   const void *context)
{
    if (v->r == NULL) {
        return;
    }
    if (field != NULL) {
        if (command == RH_DO_offer_consent && strcmp(field->name, "warned") == 0) {
            rh_html_notice(v->h, RH_WAIT, rh_view_say(v, RH_WEB_ARTICLE_62),
                           rh_view_say(v, RH_WEB_ARTICLE_62_TEXT));
        }
        return;
    }
    if (command == RH_DO_receipt_post) {
        const rh_row_rent_line *line =
            RH_OBJECT(v->r, rent_line, number_typed(typed, context, "line"));
        const rh_row_lease *l = line == NULL ? NULL : RH_OBJECT(v->r, lease, line->lease);
        int64_t fen = line == NULL ? 0 : line->amount_fen - rh_received(v->r, line->id);
        if (l != NULL && line->kind == rh_line_kind_rent) {
            if (rh_read_money(typed(context, "amount_fen"), &fen) == RH_WEB_NOTHING ||
                fen > 0) {
                write_split(v, fen, l->farmer_bp, l->collective_bp, l->reserve_bp);
            }
        }
    } else if (command == RH_DO_offer_match || command == RH_DO_bid_place) {
        const rh_row_offer *o = RH_OBJECT(v->r, offer, number_typed(typed, context, "offer"));
        const rh_row_scheme *s = o == NULL ? NULL : RH_OBJECT(v->r, scheme, o->scheme);
        if (s != NULL) {
            write_split(v, o->asking_fen_year, s->farmer_bp, s->collective_bp, s->reserve_bp);
        }
    } else if (command == RH_DO_lease_sign) {
        const rh_row_lease *l = RH_OBJECT(v->r, lease, number_typed(typed, context, "lease"));
        if (l != NULL) {
            rh_view_heading(v, "signed_text", RH_WEB_CONTRACT_HASH);
            rh_view_hash(v, &l->text);
            rh_view_paragraph(v, RH_WEB_SIGNATURE_NOTE, NULL);
            write_split(v, l->fen_year, l->farmer_bp, l->collective_bp, l->reserve_bp);
        }
    }
}
