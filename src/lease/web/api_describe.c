/* The description of the JSON interface: OpenAPI 3.1, generated from command.def, row.def, the table of rules and api_list.def, so it cannot differ from
 * what the program does. It is also docs/lease/openapi.json (tests/lease/test_lease_api.c). */
#include "core/mem.h"
#include "domain/refusal.h"
#include "domain/rule.h"
#include "web/api_read.h"
#include "web/asking.h"
#include "web/step_up.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
put(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, json_string(text));
}

static json_t *
typed(const char *type)
{
    json_t *schema = json_object();
    put(schema, "type", type);
    return schema;
}

static json_t *
reference(const char *part, const char *name)
{
    char path[120];
    json_t *ref = json_object();
    snprintf(path, sizeof path, "#/components/%s/%s", part, name);
    put(ref, "$ref", path);
    return ref;
}

/* ---- fields and records ---- */

static json_t *
schema_of_field(const rh_field *f)
{
    static const char *const type[] = {
        [RH_FIELD_ID] = "integer",    [RH_FIELD_INT] = "integer",  [RH_FIELD_FEN] = "integer",
        [RH_FIELD_DATE] = "string",   [RH_FIELD_TIME] = "integer", [RH_FIELD_CODE] = "string",
        [RH_FIELD_BOOL] = "boolean",  [RH_FIELD_TEXT] = "string",  [RH_FIELD_HASH] = "string",
        [RH_FIELD_PRIVATE] = "string"};
    json_t *schema = typed(type[f->type]);
    put(schema, "title", f->en);
    put(schema, "x-title-zh", f->zh);
    if (f->type == RH_FIELD_ID) {
        json_object_set_new(schema, "minimum", json_integer(1));
    } else if (f->type == RH_FIELD_DATE) {
        put(schema, "format", "date");
    } else if (f->type == RH_FIELD_HASH) {
        put(schema, "pattern", "^[0-9a-f]{64}$");
    } else if (f->type == RH_FIELD_PRIVATE) {
        put(schema, "description",
            "Personal: kept apart, never published; the log holds a salted commitment.");
    } else if (f->type == RH_FIELD_CODE) {
        json_t *words = json_array(), *zh = json_array();
        for (int i = 0; i < f->codes->n; i++) {
            json_array_append_new(words, json_string(f->codes->word[i]));
            json_array_append_new(zh, json_string(f->codes->zh[i]));
        }
        json_object_set_new(schema, "enum", words);
        json_object_set_new(schema, "x-enum-zh", zh);
    }
    return schema;
}

static json_t *
schema_of_command(rh_command_kind kind)
{
    const rh_record_type *type = rh_command_type(kind);
    json_t *schema = typed("object"), *properties = json_object(), *required = json_array(),
           *roles = json_array(), *as = typed("string");
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        json_object_set_new(properties, f->name, schema_of_field(f));
        if (!f->optional && !rh_asking_derives(kind, f)) {
            json_array_append_new(required, json_string(f->name));
        }
    }
    for (int role = 0; role < rh_role_count; role++) {
        if (role != rh_role_system && (rh_command_roles(kind) & RH_BIT(role)) != 0) {
            json_array_append_new(roles, json_string(rh_codes_role.word[role]));
        }
    }
    put(as, "description", "The role in which you act; without it the first that you hold.");
    json_object_set_new(as, "enum", roles);
    json_object_set_new(properties, "as", as);
    if (rh_step_up_needed(kind)) {
        json_t *code = typed("string");
        put(code, "description", "A fresh code of your authenticator app.");
        put(code, "pattern", "^[0-9]{6}$");
        json_object_set_new(properties, RH_STEP_UP_FIELD, code);
        json_array_append_new(required, json_string(RH_STEP_UP_FIELD));
    }
    json_object_set_new(schema, "properties", properties);
    json_object_set_new(schema, "required", required);
    json_object_set_new(schema, "additionalProperties", json_false());
    return schema;
}

static json_t *
schema_of_row(rh_row_kind kind)
{
    const rh_record_type *type = rh_row_type(kind);
    json_t *schema = typed("object"), *properties = json_object();
    put(schema, "title", type->en);
    put(schema, "x-title-zh", type->zh);
    json_object_set_new(properties, "row", json_pack("{s:s}", "const", type->name));
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->type != RH_FIELD_PRIVATE) {
            json_t *field = schema_of_field(f);
            put(field, "x-audience",
                f->audience == RH_OPEN      ? "open"
                : f->audience == RH_MEMBERS ? "members"
                                            : "parties");
            json_object_set_new(properties, f->name, field);
        }
    }
    json_object_set_new(schema, "properties", properties);
    return schema;
}

/* ---- operations ---- */

static json_t *
answer_of(const char *description, json_t *schema)
{
    json_t *answer = json_object();
    put(answer, "description", description);
    if (schema != NULL) {
        json_object_set_new(answer, "content",
                            json_pack("{s:{s:o}}", "application/json", "schema", schema));
    }
    return answer;
}

static json_t *
parameter(const char *name, const char *in, const char *type, bool required,
          const char *description)
{
    json_t *p = json_object();
    put(p, "name", name);
    put(p, "in", in);
    json_object_set_new(p, "required", json_boolean(required));
    put(p, "description", description);
    json_object_set_new(p, "schema", typed(type));
    return p;
}

static json_t *
operation_of_command(rh_command_kind kind)
{
    const rh_record_type *type = rh_command_type(kind);
    const rh_rule *rule = rh_rule_of(kind);
    json_t *op = json_object(), *answers = json_object(), *refusals = json_array(),
           *parameters = json_array();
    put(op, "operationId", type->name);
    put(op, "summary", type->en);
    put(op, "x-summary-zh", type->zh);
    json_object_set_new(op, "tags", json_pack("[s]", "commands"));
    json_array_append_new(parameters,
                          parameter("Idempotency-Key", "header", "string", false,
                                    "Sent again with the same key, the command is done once."));
    json_object_set_new(op, "parameters", parameters);
    json_object_set_new(op, "requestBody",
                        json_pack("{s:b,s:{s:{s:o}}}", "required", 1, "content",
                                  "application/json", "schema", schema_of_command(kind)));
    for (int i = 0; i < rule->n; i++) {
        json_array_append_new(refusals, json_string(rh_guard_name(rule->guard[i])));
    }
    json_object_set_new(answers, "200",
                        answer_of("Done and kept.", reference("schemas", "Done")));
    json_object_set_new(answers, "400",
                        answer_of("Not a JSON object.", reference("schemas", "Error")));
    json_object_set_new(answers, "403",
                        answer_of("The request's token (CSRF) is missing or wrong.",
                                  reference("schemas", "Error")));
    json_object_set_new(
        answers, "422",
        answer_of("Nothing was done: what was asked cannot be read, or was refused.",
                  reference("schemas", "Refused")));
    json_object_set_new(answers, "503",
                        answer_of("Too busy, or the registry cannot be written.",
                                  reference("schemas", "Error")));
    json_object_set_new(op, "responses", answers);
    json_object_set_new(op, "x-refusals", refusals);
    return op;
}

static json_t *
operation_of_list(const rh_api_list *l)
{
    const rh_record_type *type = rh_row_type(l->kind);
    json_t *op = json_object(), *parameters = json_array(), *answers = json_object();
    put(op, "summary", type->en);
    put(op, "x-summary-zh", type->zh);
    json_object_set_new(op, "tags", json_pack("[s]", "reading"));
    json_array_append_new(parameters, parameter("after", "query", "integer", false,
                                                "Objects with a greater number."));
    json_array_append_new(parameters, parameter("limit", "query", "integer", false,
                                                "At most so many, up to 500."));
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->audience == RH_OPEN && (f->type == RH_FIELD_ID || f->type == RH_FIELD_INT ||
                                       f->type == RH_FIELD_CODE || f->type == RH_FIELD_BOOL)) {
            json_t *p = json_object();
            put(p, "name", f->name);
            put(p, "in", "query");
            json_object_set_new(p, "schema", schema_of_field(f));
            json_array_append_new(parameters, p);
        }
    }
    json_object_set_new(op, "parameters", parameters);
    json_object_set_new(
        answers, "200",
        answer_of("A page of the list.",
                  json_pack("{s:s,s:{s:{s:s,s:o},s:{s:[s,s]}}}", "type", "object", "properties",
                            "items", "type", "array", "items", reference("schemas", type->name),
                            "next", "type", "integer", "null")));
    json_object_set_new(answers, "400",
                        answer_of("A filter that is none.", reference("schemas", "Error")));
    json_object_set_new(op, "responses", answers);
    return op;
}

static json_t *
operation_of_item(const rh_api_list *l)
{
    const rh_record_type *type = rh_row_type(l->kind);
    json_t *op = json_object(), *answers = json_object();
    put(op, "summary", type->en);
    put(op, "x-summary-zh", type->zh);
    json_object_set_new(op, "tags", json_pack("[s]", "reading"));
    json_object_set_new(
        op, "parameters",
        json_pack("[o]", parameter("id", "path", "integer", true, "Number of the object.")));
    json_object_set_new(answers, "200",
                        answer_of("The object, with the fields that you may read.",
                                  reference("schemas", type->name)));
    json_object_set_new(answers, "404",
                        answer_of("There is none.", reference("schemas", "Error")));
    json_object_set_new(op, "responses", answers);
    return op;
}

static void
add_path(json_t *paths, const char *path, const char *method, json_t *operation)
{
    json_object_set_new(paths, path, json_pack("{s:o}", method, operation));
}

static json_t *
file_operation(const char *summary, const char *zh)
{
    json_t *op = json_object();
    put(op, "summary", summary);
    put(op, "x-summary-zh", zh);
    json_object_set_new(op, "tags", json_pack("[s]", "files"));
    json_object_set_new(
        op, "parameters",
        json_pack("[o]", parameter("path", "path", "string", true, "May hold several parts.")));
    json_object_set_new(op, "responses",
                        json_pack("{s:{s:s},s:{s:s}}", "200", "description", "The file.", "404",
                                  "description", "There is none."));
    return op;
}

static json_t *
all_paths(void)
{
    json_t *paths = json_object();
    char path[120];
    size_t n;
    const rh_api_list *l = rh_api_lists(&n);
    for (size_t i = 0; i < n; i++) {
        snprintf(path, sizeof path, "/api/v1/%s", l[i].name);
        add_path(paths, path, "get", operation_of_list(&l[i]));
        snprintf(path, sizeof path, "/api/v1/%s/{id}", l[i].name);
        add_path(paths, path, "get", operation_of_item(&l[i]));
    }
    json_t *mine = json_object();
    put(mine, "summary", "What the signed-in party is a party of");
    put(mine, "x-summary-zh", "本人为当事方的事项");
    json_object_set_new(mine, "tags", json_pack("[s]", "reading"));
    json_object_set_new(mine, "responses",
                        json_pack("{s:{s:s},s:{s:s}}", "200", "description",
                                  "Party, roles, items.", "401", "description",
                                  "Nobody is signed in."));
    add_path(paths, "/api/v1/mine", "get", mine);
    add_path(paths, "/log/{path}", "get",
             file_operation("The public log: checkpoint, tiles, entries (C2SP tlog-tiles)",
                            "公开日志（检查点、数据块、条目）"));
    add_path(paths, "/open-data/{path}", "get",
             file_operation("Open data as CSV", "开放数据（CSV）"));
    for (int kind = 0; kind < RH_COMMAND_COUNT; kind++) {
        if (kind != RH_DO_tick) {
            snprintf(path, sizeof path, "/api/v1/do/%s",
                     rh_command_type((rh_command_kind)kind)->name);
            add_path(paths, path, "post", operation_of_command((rh_command_kind)kind));
        }
    }
    return paths;
}

/* ---- the rest ---- */

/* The parts that do not come from a list. */
static const char shared[] =
    "{\"Error\":{\"type\":\"object\",\"properties\":{\"error\":{\"type\":\"string\"}}},"
    "\"Done\":{\"type\":\"object\",\"properties\":{\"seq\":{\"type\":\"integer\"},\"time\":{"
    "\"type\":\"integer\"},\"repeated\":{\"type\":\"boolean\"},"
    "\"made\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"row\":{"
    "\"type\":\"string\"},\"id\":{\"type\":\"integer\"},"
    "\"version\":{\"type\":\"integer\"}}}}}},"
    "\"Refused\":{\"type\":\"object\",\"description\":\"Either list, never both: problems are "
    "about single fields, refusals name the rule.\",\"properties\":{"
    "\"problems\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"field\":"
    "{\"type\":\"string\"},\"zh\":{\"type\":\"string\"},"
    "\"en\":{\"type\":\"string\"}}}},"
    "\"refusals\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"rule\":{"
    "\"type\":\"string\"},\"field\":{\"type\":\"string\"},"
    "\"zh\":{\"type\":\"string\"},\"en\":{\"type\":\"string\"}}}}}}}";
static const char schemes[] =
    "{\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"rh_session\","
    "\"description\":"
    "\"Signing in at /login; commands also carry the header X-CSRF-Token.\"},"
    "\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"The bank's import "
    "program only: made by a township officer, role bank.\"}}";

char *
rh_api_describe(void)
{
    json_t *schemas = json_loads(shared, 0, NULL), *components = json_object(),
           *document = json_object();
    size_t n;
    const rh_api_list *l = rh_api_lists(&n);
    for (size_t i = 0; i < n; i++) {
        json_object_set_new(schemas, rh_row_type(l[i].kind)->name, schema_of_row(l[i].kind));
    }
    json_object_set_new(components, "schemas", schemas);
    json_object_set_new(components, "securitySchemes", json_loads(schemes, 0, NULL));
    put(document, "openapi", "3.1.0");
    json_object_set_new(
        document, "info",
        json_pack(
            "{s:s,s:s,s:s}", "title", "ronghe-lease", "version", "1", "description",
            "Registry and market of long leases of idle homesteads. Money in fen, areas in "
            "cm², shares in basis points, "
            "times in milliseconds since 1970 (UTC), dates as YYYY-MM-DD of the township."));
    json_object_set_new(document, "security",
                        json_loads("[{},{\"session\":[]},{\"bearer\":[]}]", 0, NULL));
    json_object_set_new(document, "paths", all_paths());
    json_object_set_new(document, "components", components);
    char *text = json_dumps(document, JSON_INDENT(1));
    char *own = text == NULL ? NULL : rh_strdup(text);
    free(text); /* jansson's */
    json_decref(document);
    return own;
}
