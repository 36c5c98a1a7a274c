/* The lists of words (code.def) as enums rh_LIST_WORD and as descriptions rh_codes_LIST. */
#ifndef RH_DOMAIN_CODE_H
#define RH_DOMAIN_CODE_H

#include "domain/record.h"

#define W(list, word, zh, en) rh_##list##_##word,
#define CODES(list, words) enum rh_##list##_code{words rh_##list##_count};
#include "domain/code.def"
#undef CODES
#undef W

#define CODES(list, words) extern const rh_codes rh_codes_##list;
#include "domain/code.def"
#undef CODES

/* A set of roles, or of any other words: a bit each. */
#define RH_BIT(word) (UINT64_C(1) << (word))

#endif
