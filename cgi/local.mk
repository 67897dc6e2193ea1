libexec_PROGRAMS += cgi/dashboard
cgi_dashboard_SOURCES = cgi/app.c cgi/app.h cgi/audit_log.c cgi/dashboard.c cgi/delete.c cgi/doctor.c \
	cgi/health.c cgi/link.c cgi/new_store.c cgi/oidc.c cgi/page.c cgi/page.h cgi/people.c cgi/person.c \
	cgi/person.h cgi/profile.c cgi/routes.c cgi/session.c cgi/share.c cgi/share.h cgi/store.c \
	cgi/stores.c cgi/view.c cgi/view.h
# Makes automake link with the C++ compiler, for the templates.
nodist_EXTRA_cgi_dashboard_SOURCES = dummy.cxx
cgi_dashboard_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/cgi
cgi_dashboard_LDADD = lib/libweb.a lib/libtpl.a lib/liboidc.a $(STORE_LIBS) $(CTEMPLATE_LIBS) $(FCGI_LIBS) $(JOSE_LIBS)
