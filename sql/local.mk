SQL_FILES = sql/001_initial.sql sql/002_people.sql sql/003_fleet.sql sql/004_recreate.sql \
	sql/005_identity.sql sql/006_known_networks.sql sql/007_repair.sql sql/008_own_ids.sql \
	sql/statements.sql
EXTRA_DIST += sql/embed.awk $(SQL_FILES)
BUILT_SOURCES += sql/sql_table.h
CLEANFILES += sql/sql_table.h sql/sql_table.c

sql/sql_table.h: $(SQL_FILES) sql/embed.awk
	$(AM_V_GEN)$(MKDIR_P) sql && cd $(srcdir) && \
	$(AWK) -v part=header -f sql/embed.awk $(SQL_FILES) > $(abs_builddir)/$@.new && \
	mv $(abs_builddir)/$@.new $(abs_builddir)/$@

sql/sql_table.c: $(SQL_FILES) sql/embed.awk
	$(AM_V_GEN)$(MKDIR_P) sql && cd $(srcdir) && \
	$(AWK) -v part=source -f sql/embed.awk $(SQL_FILES) > $(abs_builddir)/$@.new && \
	mv $(abs_builddir)/$@.new $(abs_builddir)/$@
