# nocboard: one Makefile, no configure. `make help` lists the targets.
# Variants (CC, SAN=address,undefined, COV=1) keep their objects in folders of their own under build/.

PREFIX ?= /usr/local
DESTDIR ?=
VERSION := 0.1.0
FLOORS := base domain os store net engine ui main

USES_base   = base
USES_domain = domain base
USES_os     = os domain base
USES_store  = store os domain base
USES_net    = net os domain base
USES_engine = engine store net os domain base
USES_ui     = ui os domain base
USES_main   = main engine ui store net os domain base

PKGS := ncursesw libcurl libcjson libuv sqlite3 libutf8proc yaml-0.1 libssl libcrypto expat libcares
TEST_PKGS := cmocka vterm

CC_NAME := $(notdir $(firstword $(CC)))
VARIANT := $(if $(SAN),san,$(if $(COV),cov,dev))$(if $(filter cc gcc,$(CC_NAME)),,-$(CC_NAME))
B := build/$(VARIANT)
Q := $(if $(V),,@)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wcast-qual -Wwrite-strings -Wformat=2 -Wformat-nonliteral -Wundef -Wvla
HARDEN := $(if $(SAN)$(COV),,-D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection)
INSTR := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=undefined) $(if $(COV),--coverage)
CPPFLAGS_ALL = -D_GNU_SOURCE -D_XOPEN_SOURCE_EXTENDED=1 -DNCURSES_WIDECHAR=1 -Iinclude -I$(B)/gen -Itests/tools \
	-DNOCBOARD_VERSION='"$(VERSION)"' -DNOCBOARD_SHARE='"$(PREFIX)/share/nocboard"' $(CPPFLAGS)
CFLAGS ?= -O2 -g
CFLAGS_ALL = -std=c17 $(WARN) $(if $(WERROR),-Werror) -fPIE $(HARDEN) $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS)
LDFLAGS_ALL = -pie -Wl,-z,relro,-z,now $(LDFLAGS)
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lresolv -lm
TEST_LIBS := $(shell pkg-config --libs $(TEST_PKGS) 2>/dev/null) -lutil

objs = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard src/$(1)/*.c)))
libs = $(foreach f,$(USES_$(1)),$(B)/lib$(f).a)

.PHONY: nocboard all run test check lint floors fuzz soak bench screenshots page-check install clean help deps \
	test-unit test-replay test-golden test-e2e _run _test _check _bench _screenshots _soak _page-check
.SECONDARY:
.DELETE_ON_ERROR:

all: nocboard

# Phony, because it stands for the binary of each variant: a link that is newer than the sources says
# nothing about a binary that is not there.
nocboard: $(B)/nocboard
	$(Q)$(if $(SAN)$(COV),:,ln -sf $< $@)

# ---- what is compiled in: keymaps and shared data -------------------------------------------
EMBED := $(sort $(wildcard keymaps/*.keys) $(wildcard share/*.yaml share/*/*))
$(B)/gen/embed.c: tools/embed.sh $(EMBED) Makefile
	@mkdir -p $(@D)
	$(Q)sh tools/embed.sh $(EMBED) >$@
$(B)/gen/embed.o: $(B)/gen/embed.c
	$(Q)$(CC) $(CFLAGS_ALL) $(INSTR) -MMD -MP -c -o $@ $<

# ---- floors ---------------------------------------------------------------------------------
define floor_rules
$(B)/lib$(1).a: $$(call objs,$(1)) $$(if $$(filter base,$(1)),$(B)/gen/embed.o)
	@mkdir -p $$(@D)
	$(Q)rm -f $$@ && $(AR) rcs $$@ $$^
$(B)/tests/unit/$(1)/%: $(B)/tests/unit/$(1)/%.o $(B)/libtesttools.a $$(call libs,$(1))
	$(Q)$(CC) $(INSTR) $(LDFLAGS_ALL) -o $$@ $$^ $$(call libs,$(1)) $(PKG_LIBS) $(TEST_LIBS)
endef
$(foreach f,$(FLOORS),$(eval $(call floor_rules,$(f))))

$(B)/libtesttools.a: $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/tools/*.c)))
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(B)/nocboard: $(call libs,main)
	$(Q)$(CC) $(INSTR) $(LDFLAGS_ALL) -o $@ $(call objs,main) $(filter-out $(B)/libmain.a,$(call libs,main)) $(PKG_LIBS)

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INSTR) -MMD -MP -c -o $@ $<

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# ---- tests ----------------------------------------------------------------------------------
tests_in = $(patsubst %.c,$(B)/%,$(sort $(wildcard tests/$(1)/*_test.c tests/$(1)/*/*_test.c)))
UNIT := $(call tests_in,unit)
WHOLE := $(call tests_in,replay) $(call tests_in,golden) $(call tests_in,e2e)
SCRIPTS := $(sort $(wildcard tests/replay/*_test.sh tests/golden/*_test.sh tests/e2e/*_test.sh))

$(B)/tests/replay/% $(B)/tests/golden/% $(B)/tests/e2e/%: LINK_ALL = 1
define whole_rule
$(B)/tests/$(1)/%: $(B)/tests/$(1)/%.o $(B)/libtesttools.a $(call libs,main)
	$(Q)$(CC) $(INSTR) $(LDFLAGS_ALL) -o $$@ $$(filter-out $(B)/libmain.a,$$^) $(filter-out $(B)/libmain.a,$(call libs,main)) $(PKG_LIBS) $(TEST_LIBS)
endef
$(foreach d,replay golden e2e bench,$(eval $(call whole_rule,$(d))))

# Missing packages are named and installed first; a second make then sees them.
deps:
	@sh tools/deps.sh build
deps-test:
	@sh tools/deps.sh build test

run: deps
	@$(MAKE) --no-print-directory -j$(shell nproc) all && $(MAKE) --no-print-directory _run
_run:
	@./nocboard drill

test: deps-test
	@$(MAKE) --no-print-directory -j$(shell nproc) _test
_test: nocboard $(UNIT) $(WHOLE)
	@NOCBOARD=$(abspath $(B)/nocboard) sh tests/tools/run.sh $(SCRIPTS) $(WHOLE) $(UNIT)

check: deps-test
	@sh tools/deps.sh build test check
	@$(MAKE) --no-print-directory _check
_check: lint floors
	$(MAKE) --no-print-directory -j$(shell nproc) WERROR=1 CC=gcc all
	$(MAKE) --no-print-directory -j$(shell nproc) WERROR=1 CC=clang all
	$(MAKE) --no-print-directory -j$(shell nproc) CC=gcc SAN=address,undefined CFLAGS='-O1 -g' _test
	$(MAKE) --no-print-directory fuzz TIME=0

lint:
	@sh tests/tools/lint.sh
floors: $(foreach f,$(FLOORS),$(B)/lib$(f).a)
	@sh tests/tools/floors.sh
	@B=$(B) CC="$(CC)" PKG_LIBS="$(PKG_LIBS)" sh tests/tools/floor_links.sh $(foreach f,$(filter-out main,$(FLOORS)),"$(USES_$(f))")

# TIME is seconds for each target; 0 runs the kept corpus only.
TIME ?= 60
FUZZERS := $(sort $(wildcard tests/fuzz/*_fuzz.c))
fuzz:
	@for f in $(FUZZERS:.c=); do $(MAKE) --no-print-directory CC=clang SAN=fuzzer-no-link,address,undefined VARIANT=fuzz CFLAGS='-O1 -g' build/fuzz/$$f || exit 1; \
		mkdir -p build/fuzz/corpus/$$(basename $$f); \
		if [ $(TIME) = 0 ]; then run=-runs=0; else run=-max_total_time=$(TIME); fi; \
		build/fuzz/$$f $$run -timeout=5 -rss_limit_mb=1024 -verbosity=0 build/fuzz/corpus/$$(basename $$f) tests/fuzz/corpus/$$(basename $$f) || exit 1; \
		echo "fuzz: $$(basename $$f) clean"; done
build/fuzz/tests/fuzz/%: build/fuzz/tests/fuzz/%.o $(foreach f,net os domain base,build/fuzz/lib$(f).a)
	$(Q)clang -fsanitize=fuzzer,address,undefined -o $@ $^ $(PKG_LIBS)

soak: deps-test
	@$(MAKE) --no-print-directory _soak
_soak: nocboard $(B)/tests/e2e/kill_test
	NOCBOARD=$(abspath $(B)/nocboard) KILLS=$${KILLS:-200} $(B)/tests/e2e/kill_test

bench: deps-test
	@$(MAKE) --no-print-directory _bench
_bench: nocboard $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*_bench.c))
	@NOCBOARD=$(abspath $(B)/nocboard) BENCH=$(abspath $(B)/tests/bench) CC="$(CC)" sh tests/bench/run.sh

screenshots: deps-test
	@sh tools/deps.sh build test screenshots
	@$(MAKE) --no-print-directory _screenshots
_screenshots: nocboard
	@NOCBOARD=$(abspath $(B)/nocboard) sh tools/screenshots.sh

# The status page before other people's validators and a browser; not part of `make test`.
page-check: deps
	@sh tools/deps.sh build page
	@$(MAKE) --no-print-directory _page-check
_page-check: nocboard
	@NOCBOARD=$(abspath $(B)/nocboard) sh tests/page/check.sh

install: nocboard
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/nocboard/keymaps $(foreach n,1 5 7,$(DESTDIR)$(PREFIX)/share/man/man$n)
	install -m 0755 $(B)/nocboard $(DESTDIR)$(PREFIX)/bin/nocboard
	install -m 0644 keymaps/*.keys $(DESTDIR)$(PREFIX)/share/nocboard/keymaps/
	cp -R share/. $(DESTDIR)$(PREFIX)/share/nocboard/
	$(B)/nocboard help --man >$(DESTDIR)$(PREFIX)/share/man/man1/nocboard.1
	$(B)/nocboard help --man-config >$(DESTDIR)$(PREFIX)/share/man/man5/nocboard.yaml.5
	install -m 0644 docs/*.7 $(DESTDIR)$(PREFIX)/share/man/man7/

clean:
	rm -rf build nocboard

help:
	@echo 'make            build ./nocboard'
	@echo 'make run        build, then open a live drill'
	@echo 'make test       unit, replay, golden and end-to-end tests'
	@echo 'make check      lint, floors, gcc and clang with -Werror, tests under ASan and UBSan, fuzz corpus'
	@echo 'make fuzz       fuzz every parser for TIME=60 seconds each'
	@echo 'make soak       kill -9 the engine KILLS=200 times under commands'
	@echo 'make bench      figures as ratios'
	@echo 'make screenshots  screenshots/*.png from the running program'
	@echo 'make page-check  the status page before feedparser, newsboat, html-validate, axe and a browser'
	@echo 'make install    PREFIX=/usr/local DESTDIR='
	@echo 'NO_INSTALL=1 never installs packages; V=1 shows commands'
