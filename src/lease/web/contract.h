/* The contract of a long lease: values in, canonical text with its SHA-256 and the PDF out, both from one template
 * (data/lease/contract.zh.txt, contract.en.txt; template.h).
 *
 * K1 the Chinese text is the one that is signed. What is hashed names the parties as they are given here: full names for the parties'
 *    own copy, masked ones for a public copy (which then has another hash and is no contract).
 * K2 the rent table's amounts add up to the total that the text states; the shares add up to 10,000 basis points; the term lies in order. Else RH_INPUT.
 * K3 whether the term, the split, the uses are lawful is judged in domain/, before; nothing here decides it. */
#ifndef RH_WEB_CONTRACT_H
#define RH_WEB_CONTRACT_H

#include "web/template.h"

typedef struct rh_contract_rent {
    int64_t due;      /* day */
    int64_t from, to; /* days that it pays for */
    int64_t fen;
} rh_contract_rent;

typedef struct rh_contract_share {
    const char *payee;
    int64_t basis_points;
} rh_contract_share;

typedef struct rh_contract {
    enum rh_language language;
    const char *number;          /* "QX-2026-000123" */
    const char *lessor, *lessee; /* display names */
    const char *right_holders;   /* of the household, who consented */
    const char *collective, *parcel, *address, *title_paper, *safety_grade, *uses, *scheme;
    const char *wording;      /* further wording of the parties; NULL: none */
    bool collective_is_party; /* else it only witnesses */
    int64_t parcel_cm2, house_cm2;
    int64_t start, end; /* days; the lease ends on `end` */
    int64_t months;     /* as the term is named; start and end decide */
    const rh_contract_rent *rent;
    size_t n_rents;
    const rh_contract_share *share; /* none: no split */
    size_t n_shares;
    int64_t deposit_fen; /* 0: none */
    int64_t arrears_days, return_days, repair_limit_fen;
    int64_t made; /* ms since 1970: the date in the PDF */
} rh_contract;

typedef struct rh_contract_paper {
    char *text; /* canonical */
    size_t size;
    char hash[RH_SHA256_HEX];
    rh_pdf pdf;
} rh_contract_paper;

/* The template of that language from the data folder. Errors: RH_MISSING, RH_IO, RH_INPUT, RH_MEMORY. */
RH_MUST_CHECK rh_status rh_contract_template(enum rh_language language, rh_template **out,
                                             rh_err *err);
/* The same from memory: what a contract's template may name is known here only. */
RH_MUST_CHECK rh_status rh_contract_parse(const char *file, const char *bytes, size_t size,
                                          rh_template **out, rh_err *err);

/* Canonical text and hash, and the PDF when `with_pdf`. The caller calls rh_contract_paper_release. Errors: RH_INPUT (K2, a value with a
 * control character), RH_MISSING (fonts), RH_MEMORY, RH_IO. */
RH_MUST_CHECK rh_status rh_contract_make(const rh_template *t, const rh_contract *c,
                                         bool with_pdf, rh_contract_paper *out, rh_err *err);
void rh_contract_paper_release(rh_contract_paper *paper);

#endif
