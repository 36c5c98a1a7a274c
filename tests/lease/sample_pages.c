/* Pages to look at: every component with made-up texts, in both languages, and the style sheet, written to the folder that is named.
 *     build/tests/lease/sample_pages out && chromium --headless --no-sandbox --screenshot=out/a.png --window-size=390,2400 file://$PWD/out/offer.zh.html
 * Also says how long a page takes. All places, people and numbers are invented. */
#include "web/component.h"
#include "web/format.h"
#include "web/map.h"
#include "web/qr.h"
#include "web/stylesheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *
either(const rh_html *h, const char *zh, const char *en)
{
    return h->language == RH_CHINESE ? zh : en;
}
#define T(zh, en) either(h, zh, en)

static void
offers(rh_html *h)
{
    rh_figures_begin(h);
    rh_figure(h, "37", T("处闲置宅基地可租", "idle homesteads to let"));
    rh_figure(h, "12", T("个村参加", "villages take part"));
    rh_figure(h, "¥1,284,600", T("已付给农户", "paid to households"));
    rh_figures_end(h);
    rh_form_search(h, "offers.html");
    static const rh_choice village[2] = {{"1", "上河村", NULL}, {"2", "东坑村", NULL}};
    rh_input where = {.name = "village",
                      .label = T("哪个村", "Which village"),
                      .value = "2",
                      .optional = true};
    rh_form_select(h, &where, village, 2);
    rh_form_button(h, RH_GOOD, T("查找", "Search"), NULL, NULL);
    rh_form_end(h);
    rh_html_heading(h, 2, "map", T("在哪里", "Where"));
    rh_map_place place[9] = {0};
    static const char *const name[9] = {"上河村", "东坑村", "石门村", "竹园村", "青溪社区",
                                        "下塘村", "云岭村", "大岙村", "白沙村"};
    static const char *const latin[9] = {"Shanghe", "Dongkeng", "Shimen", "Zhuyuan", "Qingxi",
                                         "Xiatang", "Yunling",  "Da'ao",  "Baisha"};
    static const int64_t count[9] = {9, 6, 5, 5, 4, 3, 3, 2, 0};
    char code[9][16];
    for (int i = 0; i < 9; i++) {
        snprintf(code[i], sizeof code[i], "33102310520%d", i);
        place[i] =
            (rh_map_place){.code = code[i],
                           .name = T(name[i], latin[i]),
                           .count = count[i],
                           .href = "offers.html",
                           .at = {120.9 + .013 * ((i * 7) % 9), 29.05 + .011 * ((i * 5) % 9)}};
    }
    if (rh_map_svg(h, place, 9, T("各村房源", "Offers by village"), NULL) != RH_OK) {
        exit(1);
    }
    rh_html_heading(h, 2, "list", T("房源", "Offers"));
    rh_cards_begin(h);
    for (int i = 0; i < 4; i++) {
        rh_html_card(
            h, &(rh_card){
                   .href = "offer.html",
                   .title = T("上河村 · 木结构两层", "Shanghe · timber, two floors"),
                   .text = T(
                       "宅基地 125.10 平方米，房屋 240.65 平方米，可作居住、民宿。至多 20 年。",
                       "Homestead 125.10 m², house 240.65 m². Living, guest house. Up to 20 "
                       "years."),
                   .price = T("¥12,000 / 年起", "from ¥12,000 a year"),
                   .badge = i % 2 ? T("公示中", "on notice") : T("可报名", "open"),
                   .tone = i % 2 ? RH_WAIT : RH_GOOD});
    }
    rh_cards_end(h);
    rh_html_pages(h, "?page=", 2, 7);
}

static void
offer(rh_html *h)
{
    rh_html_notice(h, RH_WAIT, T("正在公示，还剩 3 天", "On public notice, 3 days left"),
                   T("公示期内任何人都可以提出异议；异议处理完之前，公示时间停止计算。",
                     "Anybody may object during the notice; until an objection is settled the "
                     "clock stands still."));
    const char *const step[6] = {
        T("农户发起", "Household"), T("全体权利人同意", "All right-holders agree"),
        T("村核实", "Verified"),    T("乡镇审查", "Reviewed"),
        T("公示", "Notice"),        T("开放", "Open")};
    rh_html_steps(h, step, 6, 4);
    rh_html_heading(h, 2, NULL, T("房屋", "The house"));
    rh_facts_begin(h);
    rh_fact(h, T("宗地编号", "Parcel"), "331023105203JC00047");
    rh_fact(h, T("宅基地面积", "Homestead"), rh_show_area(h->language, 1251000).text);
    rh_fact(h, T("租期", "Term"), rh_show_period(h->language, 240).text);
    rh_fact(
        h, T("用途", "Uses"),
        T("居住、民宿、乡村手工艺工作室", "living, guest house, a workshop of village crafts"));
    rh_fact_begin(h, T("状态", "State"));
    rh_html_badge(h, RH_WAIT, T("公示中", "on notice"));
    rh_fact_end(h);
    rh_facts_end(h);
    rh_html_heading(h, 2, NULL, T("租金分给谁", "Who gets the rent"));
    const rh_column column[3] = {
        {T("收款方", "Payee"), false}, {T("比例", "Share"), true}, {T("每年", "A year"), true}};
    rh_listing_begin(h, NULL, column, 3);
    rh_listing_texts(h, column, 3,
                     (const char *const[]){T("出租农户", "Household"), "70%", "¥8,400.00"});
    rh_listing_texts(h, column, 3,
                     (const char *const[]){T("村集体", "Collective"), "20%", "¥2,400.00"});
    rh_listing_texts(
        h, column, 3,
        (const char *const[]){T("公共维护基金", "Maintenance fund"), "10%", "¥1,200.00"});
    rh_listing_end(h);
    rh_html_heading(h, 2, NULL, T("经过", "What happened"));
    rh_shown day[8];
    for (int i = 0; i < 8; i++) {
        day[i] = rh_show_date(h->language, 20513 + i);
    }
    const rh_event event[4] = {
        {day[7].text, "2026-03-08", T("开始公示", "Notice began"),
         T("公示 7 天，张贴于村务公开栏", "7 days, on the village board"), NULL, RH_WAIT},
        {day[5].text, "2026-03-06", T("乡镇审查通过", "Reviewed by the township"), NULL,
         "offers.html", RH_GOOD},
        {day[2].text, "2026-03-03", T("核实退回一次", "Sent back once"),
         T("缺房屋安全鉴定", "the safety certificate was missing"), NULL, RH_BAD},
        {day[0].text, "2026-03-01", T("农户发起", "Begun by the household"), NULL, NULL,
         RH_CALM}};
    rh_timeline(h, event, 4);
    rh_html_heading(h, 2, NULL, T("凭证", "Receipt"));
    static const char receipt[] =
        "c2sp.org/tlog-proof@v1\nindex 47\nqingxi.example.invalid/lease\n70000\n";
    if (rh_qr_svg(h, receipt, sizeof receipt - 1,
                  T("公开日志凭证", "Receipt of the public log"), NULL) != RH_OK) {
        exit(1);
    }
    RH_RAW(h, "<p class=\"hash\">");
    rh_html_text(h, "157a41deb45f784d207e9ef0e0f8e5f55f568b753d852ace3e4ba01746822eca");
    RH_RAW(h, "</p>");
    rh_html_button_link(h, "form.html", T("报名承租", "Apply"));
}

static void
form(rh_html *h)
{
    const rh_input input[7] = {
        {RH_INPUT_TEXT, "name", T("您的姓名", "Your name"),
         T("与身份证一致", "as on your identity card"), NULL, T("李云溪", "Li Yunxi"), NULL,
         false},
        {RH_INPUT_NUMBER, "rent", T("您愿付的租金", "Rent you offer"), NULL,
         rh_web_text(h->language, RH_WEB_MONEY_EXPECTED), "一万", T("元/年", "yuan a year"),
         false},
        {RH_INPUT_DATE, "start", T("希望的起租日", "First day"),
         T("例如 2026-03-01", "such as 2026-03-01"), NULL, "2026-03-01", NULL, false},
        {RH_INPUT_TEXT, "use", T("用途", "Use"), NULL, NULL, "home", NULL, false},
        {RH_INPUT_PHONE, "phone", T("手机号", "Telephone"),
         T("只用于联系，不公开", "for contact only, never published"), NULL, "", NULL, false},
        {RH_INPUT_AREA, "note", T("想说的话", "What you would like to say"), NULL, NULL, "",
         NULL, true},
        {RH_INPUT_TEXT, "agree",
         T("我已知悉：租赁期限最长二十年，租赁不转移宅基地和房屋的所有权。",
           "I know that a lease lasts at most twenty years and transfers neither land nor "
           "house."),
         NULL, T("请先阅读并勾选。", "Please read and tick this."), "", NULL, false}};
    const rh_choice use[3] = {
        {"home", T("居住", "Living"), NULL},
        {"inn", T("民宿", "Guest house"),
         T("开业前须办妥消防手续", "fire safety papers are needed before opening")},
        {"craft", T("手工艺工作室", "Workshop"), NULL}};
    rh_form_begin(h, "form.html", "0123456789abcdef");
    rh_form_errors(h, input, 7);
    for (int i = 0; i < 6; i++) {
        if (i == 3) {
            rh_form_radios(h, &input[i], use, 3);
        } else {
            rh_form_input(h, &input[i]);
        }
    }
    rh_form_tick(h, &input[6]);
    rh_form_button(h, RH_GOOD, T("提交报名", "Send"), NULL, NULL);
    rh_form_button(h, RH_BAD, T("放弃", "Give up"), "give_up", "1");
    rh_form_end(h);
}

static void
whole_page(rh_html *h, int which)
{
    static void (*const body[3])(rh_html *) = {offers, offer, form};
    const rh_link section[4] = {{T("首页", "Home"), "offers.html"},
                                {T("房源", "Offers"), "offers.html"},
                                {T("公开账", "Open books"), "offer.html"},
                                {T("办事", "Services"), "form.html"}};
    const rh_link footer[3] = {{T("隐私", "Privacy"), "offers.html"},
                               {T("怎样核对账本", "How to check the books"), "offers.html"},
                               {T("联系镇里", "Contact"), "offers.html"}};
    const char *const title[3] = {T("闲置宅基地房源", "Idle homesteads to let"),
                                  T("上河村 · 木结构两层", "Shanghe · timber, two floors"),
                                  T("报名承租", "Apply for a lease")};
    const rh_shown user = rh_mask_name(T("李云溪", "Li"));
    const rh_page page = {
        .title = title[which],
        .lead = which == 0 ? T("租期最长二十年。每一笔租金都公开可查。",
                               "For up to twenty years. Every payment of rent can be checked.")
                           : NULL,
        .site = T("青溪镇宅基地租赁", "Qingxi homesteads"),
        .stylesheet = "lease.css",
        .other = "offers.html",
        .section = section,
        .n_sections = 4,
        .here = which == 2 ? 3 : 1,
        .trail = section,
        .n_trail = which == 0 ? 0 : 2,
        .user = which == 2 ? user.text : NULL,
        .sign_out = "offers.html",
        .token = "t",
        .footer = footer,
        .n_footer = 3,
        .closing = T("示例页面：地名、人名和数字都是虚构的。",
                     "A sample page: all places, people and numbers are invented.")};
    rh_page_begin(h, &page);
    body[which](h);
    rh_page_end(h, &page);
}

static void
write_file(const char *folder, const char *name, const char *bytes, size_t size)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "we");
    if (out == NULL || fwrite(bytes, 1, size, out) != size || fclose(out) != 0) {
        perror(path);
        exit(1);
    }
}

static double
seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int
main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "out";
    static const char *const name[3] = {"offers", "offer", "form"};
    write_file(folder, "lease.css", rh_stylesheet, rh_stylesheet_size);
    for (enum rh_language language = 0; language < RH_LANGUAGE_COUNT; language++) {
        for (int i = 0; i < 3; i++) {
            rh_html h = {.language = language};
            char file[40];
            whole_page(&h, i);
            snprintf(file, sizeof file, "%s.%s.html", name[i],
                     language == RH_CHINESE ? "zh" : "en");
            write_file(folder, file, h.bytes, h.size);
            const int rounds = 2000;
            double from = seconds();
            for (int k = 0; k < rounds; k++) {
                rh_html_clear(&h);
                whole_page(&h, i);
            }
            printf("%s: %zu bytes, %.1f us\n", file, h.size, (seconds() - from) / rounds * 1e6);
            rh_html_release(&h);
        }
    }
    return 0;
}
