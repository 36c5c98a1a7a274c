/* The lists of words: see code.h. */
#include "domain/code.h"

#define W(list, word, zh, en) #word,
#define CODES(list, words) static const char *const word_##list[] = {words};
#include "domain/code.def"
#undef CODES
#undef W
#define W(list, word, zh, en) zh,
#define CODES(list, words) static const char *const zh_##list[] = {words};
#include "domain/code.def"
#undef CODES
#undef W
#define W(list, word, zh, en) en,
#define CODES(list, words) static const char *const en_##list[] = {words};
#include "domain/code.def"
#undef CODES
#undef W

#define CODES(list, words)                                                                     \
    const rh_codes rh_codes_##list = {#list, rh_##list##_count, word_##list, zh_##list,        \
                                      en_##list};
#include "domain/code.def"
#undef CODES
