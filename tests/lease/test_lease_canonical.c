/* Canonical JSON (service/canonical.h): one record, one text; strict; entries without personal data. jansson, which shares no code with it, reads
 * what it writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "random_record.h"
#include "service/canonical.h"
#include "store/keep.h"

#define OK(call)                                                                               \
    do {                                                                                       \
        rh_err ok_err = {0};                                                                   \
        if ((call) != RH_OK) {                                                                 \
            fail_msg("%s", ok_err.text);                                                       \
        }                                                                                      \
    } while (0)

static const rh_record_type *
type_number(int i)
{
    return i < RH_COMMAND_COUNT ? rh_command_type((rh_command_kind)i)
           : i < RH_COMMAND_COUNT + RH_ROW_COUNT
               ? rh_row_type((rh_row_kind)(i - RH_COMMAND_COUNT))
               : NULL;
}

/* What jansson finds under each key is what the record has. */
static void
check_with_jansson(const rh_record_type *type, const void *record, const rh_growing *text)
{
    json_error_t error;
    json_t *json = json_loadb(text->text, text->size, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        fail_msg("%s: %s", error.text, text->text);
    }
    size_t said = 0;
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        const json_t *value = json_object_get(json, f->name);
        said += value != NULL;
        if (value == NULL) {
            assert_true(f->type == RH_FIELD_TEXT ? rh_record_text(record, f)[0] == '\0'
                        : f->type == RH_FIELD_HASH
                            ? sodium_is_zero(rh_record_hash(record, f)->byte, 32)
                            : rh_record_number(record, f) == RH_NONE);
        } else if (f->type == RH_FIELD_TEXT) {
            assert_string_equal(json_string_value(value), rh_record_text(record, f));
        } else if (f->type == RH_FIELD_CODE) {
            assert_string_equal(json_string_value(value),
                                f->codes->word[rh_record_number(record, f)]);
        } else if (f->type == RH_FIELD_DATE) {
            int y, m, d;
            assert_int_equal(sscanf(json_string_value(value), "%4d-%2d-%2d", &y, &m, &d), 3);
            struct tm tm = {.tm_year = y - 1900, .tm_mon = m - 1, .tm_mday = d};
            assert_int_equal(timegm(&tm), rh_record_number(record, f) * 86400);
        } else if (f->type != RH_FIELD_HASH) {
            assert_true(json_integer_value(value) == rh_record_number(record, f));
        }
    }
    assert_int_equal(json_object_size(json), said);
    json_decref(json);
}

static void
test_every_record_has_one_text_and_every_text_one_record(void **state)
{
    (void)state;
    rh_growing text = {0}, again = {0};
    char room[8192];
    for (int i = 0; type_number(i) != NULL; i++) {
        const rh_record_type *type = type_number(i);
        for (uint64_t n = 0; n < 50; n++) {
            uint64_t record[64], back[64];
            random_room texts;
            random_record(type, rh_key_with(rh_key_with(3, (uint64_t)i), n), record, &texts);
            rh_growing_clear(&text);
            rh_growing_clear(&again);
            OK(rh_canonical_write(type, record, &text, &ok_err));
            check_with_jansson(type, record, &text);
            assert_in_range(text.size, 1, sizeof room);
            OK(rh_canonical_read(type, text.text, text.size, back, room, &ok_err));
            const rh_field *f = different_field(type, record, back);
            if (f != NULL) {
                fail_msg("%s.%s: %s", type->name, f->name, text.text);
            }
            OK(rh_canonical_write(type, back, &again, &ok_err));
            assert_string_equal(text.text, again.text);
        }
    }
    rh_growing_release(&text);
    rh_growing_release(&again);
}

static void
test_only_the_canonical_text_is_read(void **state)
{
    (void)state;
    const rh_record_type *type = rh_command_type(RH_DO_parameter_set);
    static const char good[] = "{\"place\":1,\"key\":\"notice_days\",\"value\":-7,\"source\":"
                               "\"\\\"\\\\\\n\\u0001村/\",\"from\":\"2024-02-29\"}";
    static const char *const bad[] = {
        "",
        "{",
        "{}x",
        " {}",
        "{ }",
        "{\"place\": 1}",
        "{\"place\":01}",
        "{\"place\":-0}",
        "{\"place\":+1}",
        "{\"place\":1.0}",
        "{\"place\":1e3}",
        "{\"place\":9223372036854775808}",
        "{\"place\":-9223372036854775808}", /* RH_NONE is left out */
        "{\"place\":\"1\"}",
        "{\"place\":null}",
        "{\"value\":1,\"place\":1}", /* order */
        "{\"place\":1,\"place\":1}",
        "{\"place\":1,}",
        "{,\"place\":1}",
        "{\"where\":1}",
        "{\"key\":\"NOTICE_DAYS\"}",
        "{\"key\":0}",
        "{\"source\":\"\"}", /* empty is not said */
        "{\"source\":\"\\/\"}",
        "{\"source\":\"\\u0041\"}",
        "{\"source\":\"\\u000a\"}", /* has a short form */
        "{\"source\":\"\\u001F\"}",
        "{\"source\":\"\\u0000\"}",
        "{\"source\":\"\n\"}",
        "{\"source\":\"\xc0\x80\"}",
        "{\"source\":\"\xed\xa0\x80\"}",
        "{\"source\":\"a}",
        "{\"from\":\"2023-02-29\"}",
        "{\"from\":\"2023-2-28\"}",
        "{\"from\":\"0000-01-01\"}",
        "{\"from\":\"2023-13-01\"}",
        "{\"from\":20230228}",
    };
    rh_command_parameter_set c;
    char room[200];
    OK(rh_canonical_read(type, good, strlen(good), &c, room, &ok_err));
    assert_string_equal(c.source, "\"\\\n\x01村/");
    assert_int_equal(c.value, -7);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rh_err err = {0};
        if (rh_canonical_read(type, bad[i], strlen(bad[i]), &c, room, &err) != RH_INPUT) {
            fail_msg("read: %s", bad[i]);
        }
    }
    const rh_record_type *hashed = rh_command_type(RH_DO_source_add);
    char text[200];
    rh_command_source_add s;
    rh_err err = {0};
    static const char *const hash[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "00000000000000000000000000000000000000000000000000000000000000FF",
        "00000000000000000000000000000000000000000000000000000000000000f",
        "00000000000000000000000000000000000000000000000000000000000000fff",
    };
    for (size_t i = 0; i < sizeof hash / sizeof hash[0]; i++) {
        snprintf(text, sizeof text, "{\"document\":\"%s\"}", hash[i]);
        assert_int_equal(rh_canonical_read(hashed, text, strlen(text), &s, room, &err),
                         RH_INPUT);
    }
}

/* Every prefix and every single changed byte of a text is refused or reads back to itself. */
static void
test_a_changed_byte_is_refused_or_means_something_else(void **state)
{
    (void)state;
    const rh_record_type *type = rh_command_type(RH_DO_source_add);
    uint64_t record[64];
    random_room texts;
    rh_growing text = {0}, again = {0};
    random_record(type, 11, record, &texts);
    OK(rh_canonical_write(type, record, &text, &ok_err));
    char copy[2000], room[2000];
    rh_err err = {0};
    for (size_t i = 0; i < text.size; i++) {
        assert_int_equal(rh_canonical_read(type, text.text, i, record, room, &err), RH_INPUT);
        for (unsigned change = 1; change < 256; change++) {
            memcpy(copy, text.text, text.size);
            copy[i] = (char)((unsigned char)copy[i] ^ change);
            err = (rh_err){0};
            if (rh_canonical_read(type, copy, text.size, record, room, &err) == RH_OK) {
                rh_growing_clear(&again);
                OK(rh_canonical_write(type, record, &again, &ok_err));
                assert_int_equal(again.size, text.size);
                assert_memory_equal(again.text, copy, text.size);
            }
        }
    }
    rh_growing_release(&text);
    rh_growing_release(&again);
}

/* OPEN fields stand in the entry, no others; and the commitment changes with each of the others. */
static void
test_entries_show_open_fields_and_commit_to_the_rest(void **state)
{
    (void)state;
    for (int kind = 0; kind < RH_ROW_COUNT; kind++) {
        const rh_record_type *type = rh_row_type((rh_row_kind)kind);
        uint64_t record[64];
        random_room texts;
        random_record(type, rh_key_with(5, (uint64_t)kind), record, &texts);
        rh_row row = {(rh_row_kind)kind, record};
        rh_event event = {.seq = 12,
                          .time = 1767225600000,
                          .actor = 5,
                          .role = rh_role_clerk,
                          .kind = RH_DO_receipt_post,
                          .n_rows = 1,
                          .row = &row,
                          .salt = {{9}}};
        rh_growing first = {0};
        OK(rh_canonical_entry(&event, &first, &ok_err));
        json_t *entry = json_loadb(first.text, first.size, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(entry);
        assert_string_equal(json_string_value(json_object_get(entry, "event")), "receipt_post");
        const json_t *fact = json_array_get(json_object_get(entry, "facts"), 0);
        assert_string_equal(json_string_value(json_object_get(fact, "row")), type->name);
        char commitment[65];
        snprintf(commitment, sizeof commitment, "%s",
                 json_string_value(json_object_get(entry, "private")));
        for (int i = 0; i < type->n; i++) {
            const rh_field *f = &type->field[i];
            bool shown = json_object_get(fact, f->name) != NULL;
            if (f->audience != RH_OPEN || strcmp(f->name, "seq") == 0 ||
                strcmp(f->name, "recorded") == 0) {
                assert_false(shown);
            }
            if (f->type == RH_FIELD_TEXT || f->type == RH_FIELD_HASH || i < 6) {
                continue;
            }
            int64_t old = rh_record_number(record, f), changed = old == 1 ? 0 : 1;
            memcpy((char *)record + f->offset, &changed, sizeof changed);
            rh_growing second = {0};
            OK(rh_canonical_entry(&event, &second, &ok_err));
            assert_string_not_equal(first.text, second.text);
            bool same_commitment = strstr(second.text, commitment) != NULL;
            assert_true(same_commitment == (f->audience == RH_OPEN));
            memcpy((char *)record + f->offset, &old, sizeof old);
            rh_growing_release(&second);
        }
        json_decref(entry);
        rh_growing_release(&first);
    }
}

static void
test_an_entry_that_is_too_long_holds_the_hash_of_its_facts(void **state)
{
    (void)state;
    enum { ROWS = 600 };
    static rh_row_rent_line line[ROWS];
    static rh_row row[ROWS];
    for (int i = 0; i < ROWS; i++) {
        random_room texts;
        random_record(rh_row_type(RH_ROW_rent_line), rh_key_with(6, (uint64_t)i), &line[i],
                      &texts);
        row[i] = (rh_row){RH_ROW_rent_line, &line[i]};
    }
    rh_event event = {
        .seq = 1, .actor = RH_NONE, .kind = RH_DO_tick, .row = row, .salt = {{9}}};
    size_t shortest = 0;
    for (event.n_rows = 300; event.n_rows < ROWS; event.n_rows++) {
        rh_growing text = {0};
        OK(rh_canonical_entry(&event, &text, &ok_err));
        assert_true(text.size <= RH_ENTRY_BYTES);
        shortest = text.size < 1000 && shortest == 0 ? event.n_rows : shortest;
        assert_true((strstr(text.text, "\"facts_sha256\":\"") != NULL) == (text.size < 1000));
        json_t *json = json_loadb(text.text, text.size, 0, NULL);
        assert_non_null(json);
        json_decref(json);
        rh_growing_release(&text);
    }
    assert_true(shortest > 300);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_record_has_one_text_and_every_text_one_record),
        cmocka_unit_test(test_only_the_canonical_text_is_read),
        cmocka_unit_test(test_a_changed_byte_is_refused_or_means_something_else),
        cmocka_unit_test(test_entries_show_open_fields_and_commit_to_the_rest),
        cmocka_unit_test(test_an_entry_that_is_too_long_holds_the_hash_of_its_facts),
    };
    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests_name("lease_canonical", tests, NULL, NULL);
}
