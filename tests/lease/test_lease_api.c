/* The description of the JSON interface is the one in docs/lease/openapi.json (written anew with RONGHE_REWRITE=1), and it says what the lists say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "web/api_read.h"
#include "web/step_up.h"

static const char path[] = "docs/lease/openapi.json";

static json_t *
described(void)
{
    char *text = rh_api_describe();
    assert_non_null(text);
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    rh_free(text);
    assert_non_null(document);
    return document;
}

static void
the_file_is_the_description(void **state)
{
    (void)state;
    char *text = rh_api_describe();
    assert_non_null(text);
    if (getenv("RONGHE_REWRITE") != NULL) {
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        fprintf(out, "%s\n", text);
        fclose(out);
    }
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    size_t room = strlen(text) + 2;
    char *kept = calloc(1, room);
    assert_int_equal(fread(kept, 1, room, in), strlen(text) + 1);
    fclose(in);
    assert_int_equal(strncmp(kept, text, strlen(text)), 0);
    free(kept);
    rh_free(text);
}

/* Every reference leads to a part that is there. */
static void
follow(const json_t *document, json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;
    json_array_foreach(value, i, member)
    {
        follow(document, member);
    }
    json_object_foreach(value, key, member)
    {
        if (strcmp(key, "$ref") == 0) {
            const char *to = strrchr(json_string_value(member), '/') + 1;
            json_t *schemas =
                json_object_get(json_object_get(document, "components"), "schemas");
            assert_non_null(json_object_get(schemas, to));
        }
        follow(document, member);
    }
}

static void
references_lead_somewhere(void **state)
{
    (void)state;
    json_t *document = described();
    follow(document, document);
    json_decref(document);
}

static void
every_command_stands_there_with_its_fields(void **state)
{
    (void)state;
    json_t *document = described(), *paths = json_object_get(document, "paths");
    for (int k = 0; k < RH_COMMAND_COUNT; k++) {
        rh_command_kind kind = (rh_command_kind)k;
        const rh_record_type *type = rh_command_type(kind);
        char at[120];
        snprintf(at, sizeof at, "/api/v1/do/%s", type->name);
        json_t *op = json_object_get(json_object_get(paths, at), "post");
        assert_true((op != NULL) == (kind != RH_DO_tick));
        if (op == NULL) {
            continue;
        }
        json_t *schema;
        assert_int_equal(json_unpack(op, "{s:{s:{s:{s:o}}}}", "requestBody", "content",
                                     "application/json", "schema", &schema),
                         0);
        json_t *properties = json_object_get(schema, "properties");
        size_t more = rh_step_up_needed(kind) ? 2 : 1; /* "as", and a code */
        assert_int_equal(json_object_size(properties), (size_t)type->n + more);
        for (int i = 0; i < type->n; i++) {
            json_t *field = json_object_get(properties, type->field[i].name);
            assert_non_null(field);
            assert_string_equal(json_string_value(json_object_get(field, "x-title-zh")),
                                type->field[i].zh);
        }
        /* nobody is told to act as the system */
        json_t *roles = json_object_get(json_object_get(properties, "as"), "enum"), *role;
        size_t i;
        json_array_foreach(roles, i, role)
        {
            assert_string_not_equal(json_string_value(role), "system");
        }
    }
    json_decref(document);
}

/* Personal texts stand in no answer. */
static void
no_answer_has_a_private_field(void **state)
{
    (void)state;
    size_t n;
    const rh_api_list *l = rh_api_lists(&n);
    rh_row_party party = {.id = 1, .version = 1, .name = 7, .id_number = 8, .phone = 9};
    rh_growing out = {0};
    rh_api_object(&out, RH_ROW_party, &party, RH_PARTIES);
    assert_null(strstr(out.text, "\"name\""));
    assert_null(strstr(out.text, "\"phone\""));
    json_t *object = json_loads(out.text, 0, NULL);
    assert_non_null(object);
    json_decref(object);
    rh_growing_release(&out);
    for (size_t i = 0; i < n; i++) {
        assert_true(l[i].kind != RH_ROW_party && l[i].kind != RH_ROW_bid &&
                    l[i].kind != RH_ROW_household_member && l[i].kind != RH_ROW_bank_account);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_is_the_description),
        cmocka_unit_test(references_lead_somewhere),
        cmocka_unit_test(every_command_stands_there_with_its_fields),
        cmocka_unit_test(no_answer_has_a_private_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
