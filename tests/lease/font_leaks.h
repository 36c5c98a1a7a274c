/* What the leak checker of a sanitizer build is told by tests that make PDFs. Include it in one file of a program. */
#ifndef FONT_LEAKS_H
#define FONT_LEAKS_H

/* cairo 1.16 loses 768 bytes for each CFF font that it makes a subset of when a PDF is finished, and fontconfig keeps what it read.
 * The leak checker of a sanitizer build is told of these two and of nothing else. */
const char *__lsan_default_suppressions(void); /* NOLINT(bugprone-reserved-identifier) */
const char *__asan_default_options(void);      /* NOLINT(bugprone-reserved-identifier) */

const char *
__lsan_default_suppressions(void)
{
    return "leak:^cairo_surface_finish$\nleak:libfontconfig\n";
}

const char *
__asan_default_options(void)
{
    return "fast_unwind_on_malloc=0";
}

#endif
