/* The contract: both templates are good, its PDF says what its canonical text says (pdftotext), always with the same bytes (D1), hash and page
 * number on every page (D2), no closing mark at the start of a line (D3); sums that do not fit are refused (K2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/mem.h"
#include "domain/record.h"
#include "web/contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "font_leaks.h"

enum { RENTS = 20 };

typedef struct sample {
    rh_contract c;
    rh_contract_rent rent[RENTS];
    rh_contract_share share[3];
} sample;

/* Twenty years from 2026-03-01, the rent rising by 3 % every fifth year. */
static void
make_sample(sample *s, enum rh_language language)
{
    bool zh = language == RH_CHINESE;
    int64_t fen = 1200000;
    for (int i = 0; i < RENTS; i++) {
        int64_t from = 20513 + i * 36525 / 100;
        fen = i > 0 && i % 5 == 0 ? fen * 103 / 100 : fen;
        s->rent[i] =
            (rh_contract_rent){from - 15, from, 20513 + (i + 1) * 36525 / 100 - 1, fen};
    }
    s->share[0] = (rh_contract_share){zh ? "出租方农户" : "the lessor's household", 7000};
    s->share[1] = (rh_contract_share){zh ? "集体经济组织" : "the collective", 2000};
    s->share[2] = (rh_contract_share){zh ? "公共维护基金" : "the maintenance fund", 1000};
    s->c = (rh_contract){
        .language = language,
        .number = "QX-2026-000123",
        .lessor = zh ? "张三丰户" : "the household of Zhang Sanfeng",
        .lessee = zh ? "李云溪" : "Li Yunxi",
        .right_holders =
            zh ? "张三丰、周秀英、张小河" : "Zhang Sanfeng, Zhou Xiuying, Zhang Xiaohe",
        .collective = zh ? "上河村股份经济合作社" : "Shanghe village share cooperative",
        .parcel = "331023105203JC00047",
        .address =
            zh ? "青溪镇上河村东坑十二号" : "12 Dongkeng, Shanghe village, Qingxi township",
        .title_paper = zh ? "不动产权证书，2019年登记"
                          : "certificate of immovable property, registered in 2019",
        .safety_grade = zh ? "B 级" : "B",
        .uses = zh ? "居住、民宿、乡村手工艺工作室"
                   : "living, a guest house, a workshop of village crafts",
        .scheme =
            zh ? "上河村闲置宅基地盘活方案第二版" : "scheme of Shanghe village, version 2",
        .collective_is_party = true,
        .parcel_cm2 = 1251000,
        .house_cm2 = 2406500,
        .start = 20513,
        .end = 27818,
        .months = 240,
        .rent = s->rent,
        .n_rents = RENTS,
        .share = s->share,
        .n_shares = 3,
        .deposit_fen = 300000,
        .arrears_days = 30,
        .return_days = 15,
        .repair_limit_fen = 20000,
        .made = INT64_C(1772000000000)};
}

static rh_contract_paper
paper_of(const rh_contract *c)
{
    rh_template *t;
    rh_err err = {0};
    rh_contract_paper paper;
    if (rh_contract_template(c->language, &t, &err) != RH_OK ||
        rh_contract_make(t, c, true, &paper, &err) != RH_OK) {
        if (err.status == RH_MISSING) {
            print_message("# skipped: %s\n", err.text);
            skip();
        }
        fail_msg("%s", err.text);
    }
    rh_template_free(t);
    return paper;
}

/* The PDF on disk; RONGHE_KEEP names a folder where it stays to be looked at. */
static void
write_pdf(const rh_contract_paper *paper, const char *name, char path[300])
{
    const char *keep = getenv("RONGHE_KEEP");
    snprintf(path, 300, "%s/test_lease_%s.%d.pdf", keep != NULL ? keep : "/tmp", name,
             keep != NULL ? 0 : (int)getpid());
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    assert_int_equal(fwrite(paper->pdf.bytes, 1, paper->pdf.size, out), paper->pdf.size);
    fclose(out);
}

/* Everything that a command prints. */
static size_t
run(const char *command, char *out, size_t room)
{
    FILE *in = popen(command, "re");
    assert_non_null(in);
    size_t size = fread(out, 1, room - 1, in);
    out[size] = '\0';
    assert_int_equal(pclose(in), 0);
    return size;
}

/* Without white space: a PDF knows no line ends. */
static void
squeeze(char *text)
{
    char *to = text;
    for (const char *p = text; *p != '\0'; p++) {
        if (strchr(" \n\r\f", *p) == NULL) {
            *to++ = *p;
        }
    }
    *to = '\0';
}

enum { ROOM = 1 << 20 };

/* Cuts a page's foot out of the text: from "SHA-256" up to the form feed. What it cut is checked. */
static int
cut_feet(char *text, const rh_contract_paper *paper, enum rh_language language)
{
    int pages = 0;
    for (char *feed = strchr(text, '\f'); feed != NULL; feed = strchr(feed, '\f')) {
        *feed = '\0';
        char number[100], *foot = text;
        for (char *p = strstr(text, paper->hash); p != NULL; p = strstr(p + 1, paper->hash)) {
            foot = p;
        }
        assert_true(foot != text);
        pages++;
        snprintf(number, sizeof number, language == RH_CHINESE ? "第%d页共%d页" : "Page%dof%d",
                 pages, paper->pdf.pages);
        char *last = strdup(foot);
        assert_non_null(last);
        squeeze(last);
        assert_non_null(strstr(last, number));
        free(last);
        while (foot > text && foot[-1] != '\n') {
            foot--;
        }
        memset(foot, ' ', (size_t)(feed - foot) + 1);
    }
    return pages;
}

/* The heads of tables stand again on each page: they may come once more than the canonical text has them. */
static void
assert_contains_all_lines(const char *canonical, const char *squeezed)
{
    char line[4000];
    int lines = 0;
    for (const char *p = canonical; *p != '\0'; lines++) {
        size_t size = strcspn(p, "\n");
        assert_true(size < sizeof line);
        memcpy(line, p, size);
        line[size] = '\0';
        p += size + 1;
        char *text = strchr(line, ' '); /* behind the kind of block */
        for (char *cell = text, *end; cell != NULL; cell = end) {
            end = strstr(cell, " | ");
            if (end != NULL) {
                *end = '\0';
                end += 3;
            }
            squeeze(cell);
            if (strstr(squeezed, cell) == NULL) {
                fail_msg("the PDF does not say: %s", cell);
            }
        }
    }
    assert_true(lines > 60);
}

static void
check_language(enum rh_language language)
{
    sample s;
    make_sample(&s, language);
    rh_contract_paper paper = paper_of(&s.c);
    assert_true(paper.pdf.pages >= 3);
    char path[300], command[400], *text = malloc(ROOM);
    assert_non_null(text);
    write_pdf(&paper, language == RH_CHINESE ? "contract_zh" : "contract_en", path);
    if (system("pdftotext -v 2>/dev/null") != 0) {
        skip();
    }
    snprintf(command, sizeof command, "pdftotext -layout %s -", path);
    run(command, text, ROOM);
    assert_int_equal(cut_feet(text, &paper, language), paper.pdf.pages);
    squeeze(text);
    assert_contains_all_lines(paper.text, text);
    /* each page can be drawn and is not empty: ink on more than 0.5 % of it */
    snprintf(command, sizeof command, "pdftoppm -r 30 -gray %s", path);
    size_t size = run(command, text, ROOM);
    int pages = 0;
    for (size_t at = 0; at < size; pages++) {
        int width, height, used = 0;
        assert_int_equal(sscanf(text + at, "P5 %d %d 255%n", &width, &height, &used), 2);
        assert_true(used > 0 && width > 200 && height > width);
        at += (size_t)used + 1;
        long dark = 0;
        for (long i = 0; i < (long)width * height; i++) {
            dark += (unsigned char)text[at++] < 200;
        }
        assert_true(dark > (long)width * height / 200);
    }
    assert_int_equal(pages, paper.pdf.pages);
    if (getenv("RONGHE_KEEP") == NULL) {
        unlink(path);
    }
    free(text);
    rh_contract_paper_release(&paper);
}

static void
test_the_pdf_says_what_the_canonical_text_says(void **state)
{
    (void)state;
    check_language(RH_CHINESE);
    check_language(RH_ENGLISH);
}

static void
test_the_same_contract_gives_the_same_bytes(void **state)
{
    (void)state;
    sample s;
    make_sample(&s, RH_CHINESE);
    rh_contract_paper a = paper_of(&s.c);
    sleep(1); /* a clock in the file would show */
    rh_contract_paper b = paper_of(&s.c);
    assert_int_equal(a.pdf.size, b.pdf.size);
    assert_memory_equal(a.pdf.bytes, b.pdf.bytes, a.pdf.size);
    assert_string_equal(a.hash, b.hash);
    rh_contract_paper_release(&b);
    s.c.deposit_fen++;
    b = paper_of(&s.c);
    assert_string_not_equal(a.hash, b.hash);
    rh_contract_paper_release(&b);
    rh_contract_paper_release(&a);
}

static void
test_no_closing_mark_begins_a_line(void **state)
{
    (void)state;
    if (system("pdftotext -v 2>/dev/null") != 0) {
        skip();
    }
    static const char *const closing[] = {"，", "。", "；", "：", "、",
                                          "）", "》", "”",  "！", "？"};
    static const char *const opening[] = {"（", "《", "“"};
    sample s;
    make_sample(&s, RH_CHINESE);
    char *text = malloc(ROOM), path[300], command[400];
    assert_non_null(text);
    for (int i = 0; i < 12; i++) { /* shift where the lines break */
        char uses[300] = "居住";
        for (int k = 0; k < i; k++) {
            memcpy(uses + strlen(uses), "、茶", 7);
        }
        s.c.uses = uses;
        s.c.lessor = uses;
        s.c.address = uses;
        rh_contract_paper paper = paper_of(&s.c);
        write_pdf(&paper, "lines", path);
        snprintf(command, sizeof command, "pdftotext -layout %s -", path);
        run(command, text, ROOM);
        unlink(path);
        int lines = 0;
        for (char *line = text; line != NULL; line = strchr(line + 1, '\n'), lines++) {
            const char *start = line + strspn(line, " \n\f");
            for (size_t k = 0; k < sizeof closing / sizeof closing[0]; k++) {
                assert_int_not_equal(strncmp(start, closing[k], 3), 0);
            }
            for (size_t k = 0; line >= text + 3 && k < sizeof opening / sizeof opening[0];
                 k++) {
                assert_int_not_equal(strncmp(line - 3, opening[k], 3), 0);
            }
        }
        assert_true(lines > 80);
        rh_contract_paper_release(&paper);
    }
    free(text);
}

static void
test_what_does_not_add_up_is_refused(void **state)
{
    (void)state;
    sample s;
    rh_template *t;
    rh_contract_paper paper;
    assert_int_equal(rh_contract_template(RH_CHINESE, &t, NULL), RH_OK);
    for (int i = 0; i < 12; i++) {
        make_sample(&s, RH_CHINESE);
        switch (i) {
        case 0:
            s.share[0].basis_points = 6999;
            break;
        case 1:
            s.share[0].basis_points = -1;
            break;
        case 2:
            s.c.end = s.c.start;
            break;
        case 3:
            s.c.n_rents = 0;
            break;
        case 4:
            s.rent[3].fen = -1;
            break;
        case 5:
            s.rent[3].from = s.rent[2].from - 1;
            break;
        case 6:
            s.c.lessee = NULL;
            break;
        case 7:
            s.c.lessee = "";
            break;
        case 8:
            s.c.lessee = "李\n四";
            break;
        case 9:
            s.c.deposit_fen = -1;
            break;
        case 10:
            s.c.house_cm2 = RH_NONE;
            break;
        default:
            s.rent[0].due = RH_NONE;
        }
        rh_err err = {0};
        assert_int_equal(rh_contract_make(t, &s.c, false, &paper, &err), RH_INPUT);
        assert_true(err.text[0] != '\0');
        assert_null(paper.text);
    }
    rh_template_free(t);
}

static void
test_what_is_not_agreed_is_not_written(void **state)
{
    (void)state;
    sample s;
    make_sample(&s, RH_CHINESE);
    s.c.n_shares = 0;
    s.c.deposit_fen = 0;
    s.c.collective_is_party = false;
    rh_template *t;
    rh_contract_paper paper;
    assert_int_equal(rh_contract_template(RH_CHINESE, &t, NULL), RH_OK);
    assert_int_equal(rh_contract_make(t, &s.c, false, &paper, NULL), RH_OK);
    assert_null(strstr(paper.text, "押金{"));
    assert_null(strstr(paper.text, "支付押金"));
    assert_null(strstr(paper.text, "收款方"));
    assert_non_null(strstr(paper.text, "仅作见证"));
    assert_null(strstr(paper.text, "—"));
    assert_null(paper.pdf.bytes);
    rh_contract_paper_release(&paper);
    rh_template_free(t);
}

static void
test_the_text_states_the_sums(void **state)
{
    (void)state;
    sample s;
    make_sample(&s, RH_CHINESE);
    rh_template *t;
    rh_contract_paper paper;
    assert_int_equal(rh_contract_template(RH_CHINESE, &t, NULL), RH_OK);
    assert_int_equal(rh_contract_make(t, &s.c, false, &paper, NULL), RH_OK);
    /* 5 · (12000 + 12360 + 12730.80 + 13112.72) = 251,017.60 */
    assert_non_null(
        strstr(paper.text, "合计¥251,017.60（大写：人民币贰拾伍万壹仟零壹拾柒元陆角整）"));
    assert_non_null(strstr(paper.text, "自2026年3月1日起至2046年3月1日止"));
    assert_non_null(strstr(paper.text, "租赁期限20年"));
    rh_contract_paper_release(&paper);
    rh_template_free(t);
}

/* The articles that DOMAIN.md, section 2.1, marks as read in the law itself; docs/lease/web.md lists them. */
static const char *const read_law[] = {
    "土地管理法:六十二",         "民法典:一百四十六",        "民法典:一百五十三",
    "民法典:一百五十四",         "民法典:七百零五",          "民法典:七百零六",
    "民法典:七百零七",           "民法典:七百一十三",        "民法典:七百一十五",
    "民法典:七百一十六",         "民法典:七百一十九",        "民法典:七百二十二",
    "民法典:七百二十五",         "民法典:七百二十六",        "民法典:七百二十九",
    "民法典:七百三十一",         "民法典:七百三十二",        "民法典:七百三十四",
    "个人信息保护法:四十七",     "电子签名法:十三",          "电子签名法:十四",
    "农村集体经济组织法:五十六", "农村集体经济组织法:五十七"};

static void
test_no_law_is_cited_that_was_not_read(void **state)
{
    (void)state;
    FILE *in = fopen("data/lease/contract.zh.txt", "re");
    assert_non_null(in);
    static char text[100000];
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    int cited = 0;
    for (const char *p = strstr(text, "《"); p != NULL; p = strstr(p + 3, "《")) {
        const char *law = p + 3, *end = strstr(law, "》"), *at = end + 3;
        assert_non_null(end);
        do {
            assert_int_equal(strncmp(at, "第", 3),
                             0); /* a law without its article says nothing */
            const char *stop = strstr(at, "条");
            char name[200];
            snprintf(name, sizeof name, "%.*s:%.*s", (int)(end - law), law,
                     (int)(stop - at - 3), at + 3);
            bool known = false;
            for (size_t i = 0; i < sizeof read_law / sizeof read_law[0]; i++) {
                known |= strcmp(read_law[i], name) == 0;
            }
            if (!known) {
                fail_msg("cited without having been read: %s", name);
            }
            cited++;
            at = stop + 3;
            bool more = strncmp(at, "、", 3) == 0 || strncmp(at, "至", 3) == 0;
            at = more ? at + 3 : NULL;
        } while (at != NULL);
    }
    assert_true(cited >= 20);
}

static void
test_memory_that_runs_out_is_told(void **state)
{
    (void)state;
    sample s;
    make_sample(&s, RH_CHINESE);
    rh_template *t;
    assert_int_equal(rh_contract_template(RH_CHINESE, &t, NULL), RH_OK);
    for (long n = 1; n < 400; n += 3) {
        rh_contract_paper paper;
        rh_mem_fail_after(n);
        rh_status st = rh_contract_make(t, &s.c, false, &paper, NULL);
        rh_mem_fail_after(0);
        assert_true(st == RH_OK || st == RH_MEMORY);
        rh_contract_paper_release(&paper);
    }
    rh_template_free(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_pdf_says_what_the_canonical_text_says),
        cmocka_unit_test(test_the_same_contract_gives_the_same_bytes),
        cmocka_unit_test(test_no_closing_mark_begins_a_line),
        cmocka_unit_test(test_what_does_not_add_up_is_refused),
        cmocka_unit_test(test_what_is_not_agreed_is_not_written),
        cmocka_unit_test(test_the_text_states_the_sums),
        cmocka_unit_test(test_no_law_is_cited_that_was_not_read),
        cmocka_unit_test(test_memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
