libexec_PROGRAMS += cron/reconcile cron/reconcile-starter
cron_reconcile_SOURCES = cron/access.c cron/access.h cron/act.c cron/act.h cron/capacity.c \
	cron/capacity.h cron/cause.c cron/orphans.c cron/orphans.h cron/probe.c cron/queue.c \
	cron/queue.h cron/reconcile.c cron/record.c cron/record.h cron/remember.c cron/remember.h \
	cron/seen.c cron/seen.h cron/watches.c cron/wishes.c cron/wishes.h cron/world.c cron/world.h
cron_reconcile_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/cron
cron_reconcile_LDADD = $(STORE_LIBS)
cron_reconcile_starter_SOURCES = cron/starter.c
cron_reconcile_starter_LDADD = $(STORE_LIBS)
