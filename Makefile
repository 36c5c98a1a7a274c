# The commands of the README. Each installs what is missing (Debian 12), builds, does its job, and skips
# what is done already. The build itself is meson + ninja (meson.build); this file only calls it.
#
#   make run          a small real run: every resident of one province, 2010-2020, and what came out
#   make country      the same for all 31 provinces, one household in a hundred (minutes)
#   make test         every test; the last line is "N passed, N failed, N skipped"
#   make long         the tests that take many minutes: a million commands through each database, 500 kills of the server
#   make bench        the table of figures, beside a numpy twin
#   make report-card  which ask of the source report is covered by which code, test and page
#   make fuzz         every fuzz target for FUZZ_SECONDS (60)
#   make lint         layers, docs and clang-tidy;   make format  clang-format over the sources

RONGHE = build/src/cli/ronghe
FUZZ_SECONDS = 60
SOURCES = $(wildcard src/*/*.[ch] src/lease/*/*.[ch] tests/*.[ch] tests/lease/*.[ch] bench/*.[ch] fuzz/*.[ch] tools/*.[ch])

.PHONY: all build run country test long bench report-card fuzz format lint clean FORCE
all: build

.stamp/packages: tools/packages.txt tools/setup.sh
	@tools/setup.sh build
	@mkdir -p .stamp && touch $@

build/build.ninja: | .stamp/packages
	@mkdir -p .stamp
	@meson setup build >.stamp/meson.log || { cat .stamp/meson.log; exit 1; }

build: | build/build.ninja
	@ninja -C build

$(RONGHE): FORCE | build/build.ninja
	@ninja -C build --quiet src/cli/ronghe

# --- make run ---------------------------------------------------------------------------------------

out/skeleton.csv: package-lock.json tools/skeleton.mjs | .stamp/packages
	@tools/setup.sh npm
	@mkdir -p out
	node tools/skeleton.mjs $@

out/embedded.gpkg: examples/region-embedded.yaml out/skeleton.csv $(wildcard data/china/*) $(RONGHE)
	$(RONGHE) region build $< -o $@

out/ningxia-2010.gpkg: examples/region-ningxia.yaml out/skeleton.csv $(wildcard data/china/*) $(RONGHE)
	$(RONGHE) region build $< -o $@

out/run.gpkg: examples/small-province.yaml out/ningxia-2010.gpkg $(RONGHE)
	$(RONGHE) run $< -o $@

out/country.gpkg: examples/embedded-2010-2020.yaml out/embedded.gpkg $(RONGHE)
	$(RONGHE) run $< -o $@

run: out/run.gpkg
	@$(RONGHE) show out/run.gpkg

country: out/country.gpkg
	@$(RONGHE) show out/country.gpkg

# --- make test, make bench, make fuzz ----------------------------------------------------------------

test: out/skeleton.csv | build/build.ninja
	@ninja -C build
	@tools/run_tests.sh build --no-suite long

long: | build/build.ninja
	@ninja -C build
	@tools/run_tests.sh build --suite long

bench: out/skeleton.csv | build/build.ninja
	@tools/setup.sh bench
	@ninja -C build
	@tools/bench.sh build

fuzz:
	@tools/setup.sh build check
	@tools/fuzz.sh $(FUZZ_SECONDS)

# --- looking at the tree -----------------------------------------------------------------------------

docs/person.md: src/person/person.def tools/person_doc.awk
	awk -f tools/person_doc.awk $< > $@

report-card:
	@tools/report-card.sh

format:
	@tools/setup.sh check
	clang-format-14 -i $(SOURCES)

lint: | build/build.ninja
	@tools/setup.sh check
	@ninja -C build
	@meson test -C build --no-rebuild --suite tree
	@tools/tidy.sh build

clean:
	rm -rf build build-* out .stamp node_modules
