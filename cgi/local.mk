libexec_PROGRAMS += cgi/dashboard
cgi_dashboard_SOURCES = cgi/app.c cgi/app.h cgi/dashboard.c cgi/delete.c cgi/health.c \
	cgi/new_store.c cgi/page.c cgi/page.h cgi/routes.c cgi/session.c cgi/store.c cgi/stores.c \
	cgi/view.c cgi/view.h
# Makes automake link with the C++ compiler, for the templates.
nodist_EXTRA_cgi_dashboard_SOURCES = dummy.cxx
cgi_dashboard_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/cgi
cgi_dashboard_LDADD = lib/libweb.a lib/libtpl.a $(STORE_LIBS) $(CTEMPLATE_LIBS) $(FCGI_LIBS)
