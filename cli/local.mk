bin_PROGRAMS += cli/storectl
cli_storectl_SOURCES = cli/storectl.c cli/images.c cli/stores.c cli/users.c cli/commands.h
cli_storectl_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/cli
cli_storectl_LDADD = $(STORE_LIBS)
