bin_PROGRAMS += cli/storectl
cli_storectl_SOURCES = cli/audit.c cli/commands.h cli/doctor.c cli/fleet.c cli/images.c cli/limits.c cli/storectl.c \
	cli/stores.c cli/users.c
cli_storectl_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/cli
cli_storectl_LDADD = $(STORE_LIBS)
