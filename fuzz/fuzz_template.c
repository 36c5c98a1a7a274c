/* libFuzzer: any bytes as the template of a contract (web/template.h): refused with a sentence, or filled in to a
 * canonical text that is UTF-8, one line a block and row. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "web/contract.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
expect(bool good)
{
    if (!good) {
        abort();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rh_template *t = NULL;
    rh_err err = {0};
    if (rh_contract_parse("fuzz.txt", (const char *)bytes, size, &t, &err) != RH_OK) {
        expect(t == NULL && strncmp(err.text, "fuzz.txt", 8) == 0);
        return 0;
    }
    static const rh_contract_rent rent[1] = {{20500, 20513, 20877, 1200000}};
    static const rh_contract_share share[2] = {{"甲", 7000}, {"乙", 3000}};
    const rh_contract c = {.language = size % 2 ? RH_CHINESE : RH_ENGLISH,
                           .number = "N",
                           .lessor = "{lessee}",
                           .lessee = "b",
                           .right_holders = "c",
                           .collective = "d",
                           .parcel = "e",
                           .address = "f",
                           .title_paper = "g",
                           .safety_grade = "h",
                           .uses = "i",
                           .scheme = "j",
                           .collective_is_party = size % 3 == 0,
                           .parcel_cm2 = 1,
                           .house_cm2 = 1,
                           .start = 20513,
                           .end = 20878,
                           .months = 12,
                           .rent = rent,
                           .n_rents = 1,
                           .share = share,
                           .n_shares = size % 5 ? 2 : 0,
                           .arrears_days = 30,
                           .return_days = 15};
    rh_contract_paper paper;
    expect(rh_contract_make(t, &c, false, &paper, &err) == RH_OK);
    expect(rh_text_valid(paper.text, paper.size) == paper.size && strlen(paper.hash) == 64);
    expect(paper.size == 0 || paper.text[paper.size - 1] == '\n');
    rh_contract_paper_release(&paper);
    rh_template_free(t);
    return 0;
}
