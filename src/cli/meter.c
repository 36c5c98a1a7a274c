/* The progress line: see meter.h. */
#include "cli/meter.h"

#include <math.h>
#include <string.h>

static void
say_phase(const rh_cli *cli, const char *phase)
{
    static const struct {
        const char *id;
        enum rh_message message;
    } known[] = {
        {"region", RH_MSG_PHASE_REGION},       {"build", RH_MSG_PHASE_BUILD},
        {"synthesis", RH_MSG_PHASE_SYNTHESIS}, {"calibrate", RH_MSG_PHASE_CALIBRATE},
        {"year", RH_MSG_PHASE_YEAR},           {"write", RH_MSG_PHASE_WRITE},
        {"verify", RH_MSG_PHASE_VERIFY},       {"snapshot", RH_MSG_PHASE_SNAPSHOT},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].id, phase) == 0) {
            rh_say(cli->talk, cli->language, known[i].message, NULL);
            return;
        }
    }
    fputs(phase, cli->talk);
}

static void
draw(const rh_meter *meter, double residents_per_s)
{
    const rh_cli *cli = meter->cli;
    const rh_progress *p = &meter->progress;
    fputs("\r\033[K", cli->talk);
    if (meter->year != 0) {
        fprintf(cli->talk, "%d  ", meter->year);
    }
    say_phase(cli, meter->phase);
    if (p->total > 0) {
        fprintf(cli->talk, "  %.0f %%", 100 * (double)p->done / (double)p->total);
    }
    if (residents_per_s > 0) {
        fputs("  ", cli->talk);
        rh_say(cli->talk, cli->language, RH_MSG_METER_RATE,
               rh_number(1e-6 * residents_per_s, 1).text, NULL);
    }
    if (p->memory_bytes > 0) {
        fputs("  ", cli->talk);
        rh_say(cli->talk, cli->language, RH_MSG_METER_MEMORY,
               rh_number(1e-9 * (double)p->memory_bytes, 2).text, NULL);
    }
    double left_s =
        residents_per_s > 0 ? (double)(p->total - p->done) / residents_per_s : p->left_s;
    if (isfinite(left_s)) {
        fputs("  ", cli->talk);
        rh_say(cli->talk, cli->language, RH_MSG_METER_LEFT, rh_number(ceil(left_s), 0).text,
               NULL);
    }
    fflush(cli->talk);
}

void
rh_meter_begin(rh_meter *meter, const rh_cli *cli)
{
    *meter = (rh_meter){.cli = cli, .phase = ""};
    rh_progress_begin(&meter->progress, rh_progress_clock());
}

bool
rh_meter_update(rh_meter *meter, const char *phase, int year, uint64_t done, uint64_t total,
                double residents_per_s)
{
    const double first_s = 1, every_s = 0.2;
    double now_s = rh_progress_clock();
    if (strcmp(meter->phase, phase) != 0) {
        rh_progress_phase(&meter->progress, now_s);
        meter->phase = phase;
    }
    meter->year = year;
    if (meter->cli->terminal && now_s - meter->progress.began_s >= first_s &&
        now_s - meter->shown_s >= every_s) {
        rh_progress_update(&meter->progress, now_s, done, total);
        draw(meter, residents_per_s);
        meter->shown_s = now_s;
    }
    return atomic_load(meter->cli->stop) == 0;
}

void
rh_meter_end(rh_meter *meter)
{
    if (meter->shown_s > 0) {
        fputs("\r\033[K", meter->cli->talk);
        fflush(meter->cli->talk);
    }
}
