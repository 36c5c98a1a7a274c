/* What the machine allows: figures that ronghe's own are read against. "key value" lines, best
 * of 5.
 *
 *   memory_words_per_s       one 64-bit word a person, read, changed and written in place, on
 *                            all threads: the bound of any engine that touches everybody
 *                            (128 MB a thread, more than the caches hold)
 *   scan_cache_words_per_s   finding who is due (top 7 bits equal) in blocks of 34,000 words
 *                            that stay in the L2 cache
 *   scan_memory_words_per_s  the same over memory, all threads
 *   draw_per_s, deal_per_s   keyed draws and dealt cards on one core */
#include "bench.h"

#include "core/mem.h"
#include "core/random.h"
#include "core/threads.h"
#include "person/person.h"

#include <stdio.h>

enum { WORDS = 16 << 20, BLOCK = 34000, REPEATS = 5 };

/* One version for each instruction set, chosen at run time; clang 14 cannot combine that with
 * noinline, and needs neither here. */
#if defined(__clang__)
#define CLONES
#else
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default"), noinline))
#endif

/* Words whose next candidate falls in this year. */
CLONES static uint64_t
count_due(const rh_person *word, uint32_t n, uint64_t due)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += (word[i] >> rh_next_low) == due;
    }
    return sum;
}

CLONES static void
change_all(rh_person *word, uint32_t n, uint64_t by)
{
    for (uint32_t i = 0; i < n; i++) {
        word[i] += by;
    }
}

typedef struct pass {
    rh_person *word; /* WORDS for each job */
    uint64_t *sum;   /* one for each job */
    int scan;
} pass;

static rh_status
run_pass(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)worker, (void)err;
    pass *p = context;
    rh_person *word = p->word + (size_t)job * WORDS;
    if (p->scan && word[0] != 0) {
        p->sum[job] += count_due(word, WORDS, 77);
    } else {
        change_all(word, WORDS, 0x9e3779b97f4a7c15ULL);
    }
    return RH_OK;
}

static rh_status
over_memory(unsigned threads, int scan, double *words_per_s, rh_err *err)
{
    pass p = {.scan = scan};
    RH_NEW(p.sum, threads, err);
    p.word = rh_alloc((size_t)WORDS * threads, sizeof *p.word);
    if (p.word == NULL) {
        rh_free(p.sum);
        return rh_fail(err, RH_MEMORY, "Not enough memory for %u × %d words.", threads,
                       (int)WORDS);
    }
    rh_status status = RH_OK;
    *words_per_s = 0;
    for (int i = 0; i <= REPEATS && status == RH_OK; i++) { /* pass 0 writes every page */
        double begin = rh_progress_clock();
        status = rh_threads_run(threads, threads, NULL, run_pass, &p, err);
        double rate = (double)WORDS * threads / (rh_progress_clock() - begin);
        *words_per_s = i > 0 && rate > *words_per_s ? rate : *words_per_s;
    }
    rh_free(p.word);
    rh_free(p.sum);
    return status;
}

static rh_status
in_cache(double *words_per_s, uint64_t *sink, rh_err *err)
{
    enum { ROUNDS = 2000 };
    rh_person *word;
    RH_NEW(word, BLOCK, err);
    for (uint32_t i = 0; i < BLOCK; i++) {
        word[i] = rh_draw(1, i);
    }
    *words_per_s = 0;
    for (int i = 0; i < REPEATS; i++) {
        double begin = rh_progress_clock();
        for (uint64_t round = 0; round < ROUNDS; round++) {
            *sink += count_due(word, BLOCK, round & 127);
        }
        double rate = (double)BLOCK * ROUNDS / (rh_progress_clock() - begin);
        *words_per_s = rate > *words_per_s ? rate : *words_per_s;
    }
    rh_free(word);
    return RH_OK;
}

static double
draw_rate(uint64_t *sink)
{
    enum { DRAWS = 50 << 20 };
    double best = 0;
    for (int i = 0; i < REPEATS; i++) {
        double begin = rh_progress_clock();
        uint64_t sum = 0;
        for (uint64_t n = 0; n < DRAWS; n++) {
            sum ^= rh_draw(42, n);
        }
        *sink += sum;
        double rate = (double)DRAWS / (rh_progress_clock() - begin);
        best = rate > best ? rate : best;
    }
    return best;
}

static double
deal_rate(uint64_t *sink)
{
    enum { CARDS = 1000003 };
    double best = 0;
    for (int i = 0; i < REPEATS; i++) {
        double begin = rh_progress_clock();
        for (uint64_t n = 0; n < CARDS; n++) {
            *sink += rh_deal(42, n, CARDS);
        }
        double rate = (double)CARDS / (rh_progress_clock() - begin);
        best = rate > best ? rate : best;
    }
    return best;
}

static rh_status
measure(rh_err *err)
{
    const unsigned threads = rh_threads_available();
    uint64_t sink = 0;
    double change = 0, scan = 0, cache = 0;
    RH_TRY(over_memory(threads, 0, &change, err));
    RH_TRY(over_memory(threads, 1, &scan, err));
    RH_TRY(in_cache(&cache, &sink, err));
    printf("threads %u\n", threads);
    printf("memory_words_per_s %.0f\n", change);
    printf("scan_memory_words_per_s %.0f\n", scan);
    printf("scan_cache_words_per_s %.0f\n", cache);
    printf("draw_per_s %.0f\n", draw_rate(&sink));
    printf("deal_per_s %.0f\n", deal_rate(&sink));
    fprintf(stderr, "%s", sink == 1 ? "\n" : ""); /* keeps the loops alive */
    return RH_OK;
}

int
main(void)
{
    rh_err err = {0};
    if (measure(&err) != RH_OK) {
        fprintf(stderr, "bench_core: %s\n", err.text);
        return 1;
    }
    return 0;
}
