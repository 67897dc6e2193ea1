# Not installed: it runs in the image of that name (images/storefront), which builds it by itself.
noinst_PROGRAMS += storefront/storefront
STOREFRONT_SOURCES = storefront/app.h storefront/ask.c storefront/ask.h storefront/cache.c \
	storefront/cache.h storefront/cart.c storefront/catalogue.c storefront/checkout.c \
	storefront/checkout.h storefront/medusa.c storefront/medusa.h storefront/money.c \
	storefront/money.h storefront/order.c storefront/page.c storefront/page.h \
	storefront/place.c storefront/product.c storefront/product.h storefront/region.c \
	storefront/routes.c storefront/settings.c storefront/settings.h storefront/shop.c \
	storefront/shop.h storefront/site.c storefront/theme.c storefront/theme.h \
	storefront/token.c storefront/token.h \
	storefront/visit.c storefront/visit.h
storefront_storefront_SOURCES = storefront/storefront.c $(STOREFRONT_SOURCES)
nodist_EXTRA_storefront_storefront_SOURCES = dummy.cxx
storefront_storefront_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/storefront
STOREFRONT_LIBS = lib/libweb.a lib/libtpl.a lib/libnet.a lib/libbase.a $(CTEMPLATE_LIBS) $(FCGI_LIBS) \
	$(CURL_LIBS) $(JANSSON_LIBS) $(SODIUM_LIBS) -lm -lpthread
storefront_storefront_LDADD = $(STOREFRONT_LIBS)
EXTRA_DIST += storefront/templates storefront/assets
