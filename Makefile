# mucd: one Makefile, everything it makes is in build/
#
#   make            mucd and mucctl           make check     install what is missing, test all
#   make demo       see it work               make newcomer  both of them on a bare Debian (root)
#   make deps       install what is missing   make install   DESTDIR= PREFIX=
#   make browser    a client in a browser: Converse
#   SANITIZE=address,undefined builds into build/san
#   SHORT=1: make check without the tests that take long
.DELETE_ON_ERROR:
.SUFFIXES:

CC       = gcc
PREFIX   = /usr/local
O        = build$(if $(SANITIZE),/san)
PKGS     = libxml-2.0 libidn libcrypto
MUCD_PKGS = lmdb libconfuse libsystemd libbsd libstrophe libseccomp
DEBS     = gcc libc6-dev pkg-config libxml2-dev libidn-dev libssl-dev liblmdb-dev libconfuse-dev \
           libsystemd-dev libbsd-dev libstrophe-dev libseccomp-dev
DEMO_DEBS = $(DEBS) prosody
TEST_DEBS = $(DEMO_DEBS) ejabberd systemd openssl perl python3 python3-slixmpp clang-format mandoc $(if $(SHORT),,$(FUZZ_DEBS) valgrind)
FUZZ_DEBS = clang libclang-rt-dev python3
# Any nodejs will do, and some bring npm along.
BROWSER_DEBS = $(DEMO_DEBS) ejabberd perl chromium $(foreach p,node npm,$(if $(shell command -v $p || true),,$(p:node=nodejs)))
WARN     = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
           -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wformat=2 -Wvla -Werror
CFLAGS   = -O2 -g
ALL_CPPFLAGS = -D_GNU_SOURCE -Ilib $(if $(SANITIZE),-DSEEN_OCCUPANTS=2) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(WARN) -fno-strict-aliasing -fstack-protector-strong -fstack-clash-protection -fPIE $(CFLAGS) \
           $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer,-D_FORTIFY_SOURCE=2)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now $(LDFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE))
# Asked for once, and not before the first of them is wanted.
once     = $(eval $(1) := $(shell pkg-config $(2) 2>/dev/null))$($(1))
LIBS     = $(call once,LIBS,--libs $(PKGS))
MUCD_LIBS = $(call once,MUCD_LIBS,--libs $(MUCD_PKGS))
LIVE_LIBS = $(call once,LIVE_LIBS,--libs libstrophe)
CFLAGS_PKGS = $(call once,CFLAGS_PKGS,--cflags $(PKGS) $(MUCD_PKGS))

LIB_SRC  = $(wildcard lib/*.c lib/base/*.c lib/room/*.c lib/features/*.c)
MUCD_SRC = $(wildcard component/*.c)
CTL_SRC  = $(wildcard component/ctl/*.c)
LIVE_MAIN = spec/live.c spec/demo.c
RUN_SRC  = $(filter-out spec/live% $(LIVE_MAIN),$(wildcard spec/*.c))
LIVE_SRC = $(filter-out spec/run.c spec/host% $(LIVE_MAIN),$(wildcard spec/*.c))
ORACLE   = $(wildcard t/oracle_*.c)
T_SRC    = $(filter-out $(ORACLE),$(wildcard t/*.c))
BENCH_SRC = $(wildcard t/bench/*.c)
COST_SRC = $(wildcard t/cost/*.c)
BENCH_MAIN = t/bench/archive.c t/bench/bench.c t/bench/steps.c
IMAGES   = $(filter-out t/torture/shim.c,$(wildcard t/torture/*.c))
SRC      = $(sort $(LIB_SRC) $(MUCD_SRC) $(CTL_SRC) $(T_SRC) $(BENCH_SRC) $(COST_SRC) $(ORACLE) $(wildcard spec/*.c t/torture/*.c))
obj      = $(patsubst %.c,$O/%.o,$(1))
T_BIN    = $(patsubst %.c,$O/%,$(T_SRC))
# A script of t/ tests the build that MUCD_BUILD names; $O/t/X.t is t/X.t for this build. The long
# ones come first; those that look at the house itself need no second build.
T_LONG   = t/ejabberd.t t/prosody.t t/link.t t/pressure.t t/hostile.t t/crash.t t/attach.t t/serve.t \
           t/archive_crash.t t/domains.t t/fuzz.t t/mam.t t/fence.t t/restart.t t/images.t t/torture.t t/kills.t t/soak.t
T_COUNT  = t/cost.t
T_HOUSE  = t/arrows.t t/fields.t t/install.t t/layout.t t/mutate.t t/records.t t/sections.t t/style.t \
           t/texts.t
# spec/run with one feature taken out of the array, for each of them.
FEATURES = $(patsubst lib/features/%.c,%,$(wildcard lib/features/*.c))
MUTANTS  = $(FEATURES:%=$O/mutate/%)
# All scripts over ejabberd once is enough: in process they are played under sanitizers, too. So is a whole
# archive read by slixmpp, which takes its time. What is put before mucd (t/torture) is in the sanitizers' way.
T_TORTURE = t/images.t t/torture.t
T_ONCE   = t/ejabberd.t t/fuzz.t t/mam.t t/kills.t t/soak.t $(T_COUNT) $(T_TORTURE) $(T_HOUSE)
T_ALL    = $(if $(SHORT),,$(T_LONG) $(T_COUNT)) $(filter-out $(T_LONG) $(T_COUNT),$(wildcard t/*.t))
T_RUN    = $(patsubst %,$O/%,$(if $(SANITIZE),$(filter-out $(T_ONCE),$(T_ALL)),$(T_ALL)))

all: $O/mucd $O/mucctl

# Says what is missing before the compiler does.
$O/found:
	@command -v $(CC) pkg-config >/dev/null && \
	    pkg-config --print-errors --exists $(PKGS) $(MUCD_PKGS) || { \
	    echo 'What mucd is built with is missing: `make deps` installs it (Debian), or have' >&2; \
	    echo '$(CC), pkg-config and the libraries $(PKGS) $(MUCD_PKGS).' >&2; exit 1; }
	@mkdir -p $(@D) && touch $@

$O/%.o: %.c Makefile | $O/found
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(CFLAGS_PKGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$O/libmuc.a: $(call obj,$(LIB_SRC))
	rm -f $@ && ar rcs $@ $^

$O/mucd: $(call obj,$(MUCD_SRC)) $O/libmuc.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(MUCD_LIBS)

# Of mucd it has all but main(): the log, the configuration, the store.
$O/mucctl: $(call obj,$(CTL_SRC) $(filter-out component/mucd.c,$(MUCD_SRC))) $O/libmuc.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(MUCD_LIBS)

# A unit test is one file, but for the oracle; those of component/ link what they test without its main().
$(T_BIN) $(patsubst %.c,$O/%,$(BENCH_MAIN)): $O/t/%: $O/t/%.o $(call obj,$(filter-out component/mucd.c,$(MUCD_SRC))) $O/libmuc.a
	$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS) $(MUCD_LIBS)
$O/t/oracle: $(call obj,$(ORACLE))
$O/t/retention $O/t/retracting: $(call obj,spec/host_count.c)
$O/t/foreign: $(call obj,component/ctl/lua_data.c component/ctl/erl_term.c)
$O/t/bench/bench: $(call obj,$(filter-out $(BENCH_MAIN),$(BENCH_SRC)) spec/live_proc.c spec/live_server.c)

# What stands between mucd and the kernel, and what looks through its log.
$O/t/torture/shim.so: t/torture/shim.c t/torture/shim.h Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) -std=c11 $(WARN) $(CFLAGS) -fPIC -shared -o $@ $<

$O/t/torture/images: $(call obj,$(IMAGES) $(filter-out component/mucd.c,$(MUCD_SRC))) $O/libmuc.a
	$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS) $(MUCD_LIBS)

# What hostile input costs: counted by callgrind.
$O/t/cost/cost: $(call obj,$(COST_SRC)) $O/libmuc.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$O/t/%.t: t/%.t Makefile
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nMUCD_BUILD=%s MUCD=%s/mucd MUCCTL=%s/mucctl exec %s\n' $O $O $O $< >$@ && chmod +x $@

$(T_TORTURE:%=$O/%): $O/t/torture/shim.so $O/t/torture/images

$O/spec/run: $(call obj,$(RUN_SRC)) $O/libmuc.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$O/mutate/%.c: lib/features.c
	@mkdir -p $(@D)
	sed '/FEATURE($*)/d' $< >$@

$(MUTANTS:%=%.o): %.o: %.c Makefile | $O/found
	$(CC) $(ALL_CPPFLAGS) $(CFLAGS_PKGS) $(ALL_CFLAGS) -O0 -U_FORTIFY_SOURCE -MMD -MP -c -o $@ $<

$(MUTANTS): %: %.o $(call obj,$(RUN_SRC)) $O/libmuc.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$O/spec/live $O/spec/demo: $O/spec/%: $O/spec/%.o $(call obj,$(LIVE_SRC)) $O/libmuc.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(LIVE_LIBS)

# -- fuzzing: libFuzzer, clang's; everything anew in build/fuzz, with its instrumentation --

FUZZ_SRC = $(wildcard t/fuzz/*.c)
FUZZ_S   = 600

$O/t/fuzz/foreign: $(call obj,component/ctl/lua_data.c component/ctl/erl_term.c)
$(FUZZ_SRC:%.c=$O/%): $O/t/fuzz/%: $O/t/fuzz/%.o $(call obj,$(filter-out component/mucd.c,$(MUCD_SRC))) $O/libmuc.a
	$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS) $(MUCD_LIBS)

fuzzers:
	@$(MAKE) --no-print-directory -s -j$(JOBS) CC=clang O=build/fuzz \
	    SANITIZE=fuzzer-no-link,address,undefined $(FUZZ_SRC:%.c=build/fuzz/%)

# FUZZ_S seconds each, from the scenarios and from what is in t/fuzz/corpus/; finds go to build/fuzz/finds.
fuzz:
	@t/deps $(DEBS) $(FUZZ_DEBS)
	@$(MAKE) --no-print-directory -s fuzzers
	@t/fuzz/run $(FUZZ_S)

tests: $O/mucd $O/mucctl $O/spec/run $O/spec/live $O/spec/demo $(T_BIN) $(T_RUN) $(if $(filter %/cost.t,$(T_RUN)),$O/t/cost/cost) $(if $(SANITIZE),,$(MUTANTS))
	@printf '%s\n' $(T_RUN) $(T_BIN) >$O/tests

# -- the two commands, and how they get what they need --

JOBS     = $(shell nproc)
# Tests wait for servers most of their time.
T_JOBS   = $(shell echo $$((2 * $$(nproc))))

deps:
	@t/deps $(DEBS)

demo:
	@t/deps $(DEMO_DEBS)
	@$(MAKE) --no-print-directory -s -j$(JOBS) $O/mucd $O/spec/demo
	@exec $O/spec/demo $O/mucd

check:
	@t/deps $(TEST_DEBS)
	@$(MAKE) --no-print-directory -s -j$(JOBS) tests
	@$(MAKE) --no-print-directory -s -j$(JOBS) tests SANITIZE=address,undefined
	@$(if $(SHORT),,$(MAKE) --no-print-directory -s fuzzers)
	@prove -e '' --merge --timer --failures --comments -j$(T_JOBS) $$(cat build/san/tests build/tests) && \
	    echo 'make check: all is well' || { echo 'make check: FAILED; to see all of one: prove -v --merge -e "" build/t/NAME' >&2; exit 1; }

# Each feature is taken out of the array in turn: its own scripts must fail.
mutate: $(MUTANTS)
	@prove -e '' t/mutate.t

# How fast mucd is, beside mu-conference (Debian's jabber-muc) if that is installed and beside what the
# machine can do. Numbers go to build/bench.json, and to build/bench.svg if there is a gnuplot.
bench: $O/mucd $O/t/bench/bench
	@mkdir -p $O/tmp
	@TMPDIR=$${TMPDIR:-$(abspath $O/tmp)} MUCD_BUILD=$O $O/t/bench/bench $(RUNS) $(PART)
	@if [ -s $O/bench.dat ] && command -v gnuplot >/dev/null; then cd $O && gnuplot $(CURDIR)/t/bench/bench.gp; fi

# Do fixed workloads take more instructions than they did? t/bench/check -w writes a new baseline.
bench-check:
	@t/deps $(DEBS) valgrind
	@$(MAKE) --no-print-directory -s -j$(JOBS) $O/t/bench/steps
	@MUCD_BUILD=$O t/bench/check

# How fast messages are kept and pages of them found, and what they take on the disk. No test: it takes
# minutes and says numbers.
bench-archive: $O/t/bench/archive
	@cd $O && exec t/bench/archive $(MESSAGES)

# Faults, one after the other, for TORTURE_S seconds each; SEED= for others.
TORTURE_S = 600

torture:
	@t/deps $(TEST_DEBS)
	@$(MAKE) --no-print-directory -s -j$(JOBS) all $O/spec/live $(T_TORTURE:%=$O/%) $O/t/kills.t
	@KILLS=100 TORTURE_S=$(TORTURE_S) prove -v -e '' --merge --timer $(T_TORTURE:%=$O/%) $O/t/kills.t

# A long time of mixed load; memory, descriptors and the database are as they were.
SOAK_S   = 3600

soak:
	@t/deps $(TEST_DEBS)
	@$(MAKE) --no-print-directory -s -j$(JOBS) all $O/t/soak.t
	@SOAK_S=$(SOAK_S) prove -v -e '' --merge --timer $O/t/soak.t

# A client that many use: Converse, in Chromium, over a real Prosody and a real ejabberd. What is pinned in
# package.json is all that is used of the packages, so nothing else has to be.
NPM_INSTALL = npm install --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error

build/browser/installed: t/browser/package.json
	@mkdir -p $(@D) && cp $< $(@D)
	@cd $(@D) && { $(NPM_INSTALL) || { sleep 10; $(NPM_INSTALL); }; }
	@touch $@

browser:
	@t/deps $(BROWSER_DEBS)
	@$(MAKE) --no-print-directory -s -j$(JOBS) $O/mucd $O/spec/live build/browser/installed
	@MUCD_BUILD=$O prove -e '' --merge --timer --failures t/browser/prosody.t t/browser/ejabberd.t

newcomer:
	@t/newcomer

format:
	clang-format --dry-run -Werror $(SRC) $(filter-out lib/tbl/%,$(wildcard lib/*.h lib/*/*.h component/*.h component/*/*.h spec/*.h t/*.h))

clean:
	rm -rf build

# -- installing --

BIN      = $(DESTDIR)$(PREFIX)/bin
SBIN     = $(DESTDIR)$(PREFIX)/sbin
MAN      = $(DESTDIR)$(PREFIX)/share/man
DOC      = $(DESTDIR)$(PREFIX)/share/doc/mucd
COMPLETE = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
UNIT     = $(DESTDIR)$(PREFIX)/lib/systemd/system
SYSUSERS = $(DESTDIR)$(PREFIX)/lib/sysusers.d

install: $O/mucd $O/mucctl
	install -d $(BIN) $(SBIN) $(MAN)/man1 $(MAN)/man5 $(MAN)/man7 $(MAN)/man8 $(DOC)
	install -d $(UNIT) $(SYSUSERS) $(COMPLETE)
	install -m 755 $O/mucd $(SBIN)/mucd
	install -m 755 $O/mucctl $(BIN)/mucctl
	install -m 644 man/mucctl.1 man/mucctl-db.1 $(MAN)/man1/
	install -m 644 component/ctl/mucctl.bash $(COMPLETE)/mucctl
	install -m 644 man/mucd.conf.5 man/mucd-export.5 $(MAN)/man5/
	install -m 644 man/mucd-rooms.7 $(MAN)/man7/
	install -m 644 man/mucd.8 $(MAN)/man8/
	install -m 644 component/mucd.conf.example $(DOC)/
	install -m 644 component/mucd.sysusers $(SYSUSERS)/mucd.conf
	sed 's|@PREFIX@|$(PREFIX)|g' component/mucd.service >$(UNIT)/mucd.service
	chmod 644 $(UNIT)/mucd.service

uninstall:
	rm -f $(SBIN)/mucd $(BIN)/mucctl $(MAN)/man1/mucctl.1 $(MAN)/man1/mucctl-db.1 \
	    $(MAN)/man5/mucd.conf.5 $(MAN)/man5/mucd-export.5 \
	    $(MAN)/man7/mucd-rooms.7 $(MAN)/man8/mucd.8 $(DOC)/mucd.conf.example \
	    $(SYSUSERS)/mucd.conf $(UNIT)/mucd.service $(COMPLETE)/mucctl
	rmdir $(DOC) 2>/dev/null || true

.PHONY: all tests fuzzers fuzz deps demo check mutate bench bench-check bench-archive torture soak browser newcomer format clean install uninstall
-include $(patsubst %.o,%.d,$(call obj,$(SRC) $(FUZZ_SRC))) $(MUTANTS:%=%.d)
