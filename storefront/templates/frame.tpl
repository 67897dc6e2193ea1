{{%AUTOESCAPE context="HTML"}}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{#TITLED}}{{TITLE}} · {{/TITLED}}{{SHOP}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{{#HIDDEN}}
<meta name="robots" content="noindex">
{{/HIDDEN}}
{{#DESCRIBED}}
<link rel="canonical" href="{{CANONICAL}}">
<meta property="og:site_name" content="{{SHOP}}">
<meta property="og:title" content="{{#TITLED}}{{TITLE}}{{/TITLED}}{{#UNTITLED}}{{SHOP}}{{/UNTITLED}}">
<meta property="og:url" content="{{CANONICAL}}">
{{#SUMMARY_TEXT}}
<meta name="description" content="{{DESCRIPTION}}">
<meta property="og:description" content="{{DESCRIPTION}}">
{{/SUMMARY_TEXT}}
{{#IMAGE}}
<meta property="og:image" content="{{IMAGE_URL}}">
{{/IMAGE}}
{{/DESCRIBED}}
<link rel="icon" type="image/svg+xml" href="{{ICON_URL}}">
<link rel="stylesheet" href="{{CSS_URL}}">
<link rel="stylesheet" href="{{THEME_URL}}">
<script src="{{JS_URL}}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<div class="wrap top-row">
<a class="brand" href="/">{{SHOP}}</a>
<form class="search" role="search" action="/" method="get">
<label class="visually-hidden" for="search">Search the shop</label>
<input id="search" type="search" name="q" maxlength="100" placeholder="Search" value="{{SEARCH}}" enterkeyhint="search">
<button class="search-button" type="submit"><svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><path d="M8.5 2a6.5 6.5 0 1 0 4 11.6l4.2 4.2 1.1-1.1-4.2-4.2A6.5 6.5 0 0 0 8.5 2Zm0 1.6a4.9 4.9 0 1 1 0 9.8 4.9 4.9 0 0 1 0-9.8Z" fill="currentColor"/></svg><span class="visually-hidden">Search</span></button>
</form>
{{#VISIT}}
<nav class="top-nav" aria-label="Shop">
<a class="region-link" href="/region"><span class="visually-hidden">You shop from </span><span class="region-name">{{REGION_NAME}} ·</span> {{REGION_CURRENCY}}</a>
<a class="cart-link" href="/cart"><svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M7 8V7a5 5 0 0 1 10 0v1h3l1 13H3L4 8h3Zm1.6 0h6.8V7a3.4 3.4 0 0 0-6.8 0v1ZM5.5 9.6l-.8 9.8h14.6l-.8-9.8h-13Z" fill="currentColor"/></svg><span class="cart-word">Cart</span>{{#CART_FILLED}}<span class="count">{{CART_PIECES}}</span><span class="visually-hidden"> in it</span>{{/CART_FILLED}}</a>
</nav>
{{/VISIT}}
</div>
{{#GROUPS}}
<nav class="groups" aria-label="Categories">
<ul class="wrap">
<li><a href="/">All products</a></li>
{{#GROUP}}
<li><a href="{{GROUP_URL}}">{{GROUP_TITLE}}</a></li>
{{/GROUP}}
</ul>
</nav>
{{/GROUPS}}
</header>
<main id="main" class="wrap" tabindex="-1">
{{>BODY}}
</main>
<footer class="foot">
<div class="wrap foot-row">
<span>{{SHOP}}</span>
<nav aria-label="Help"><a href="/order/find">Find your order</a> <a href="/region">Region and currency</a></nav>
</div>
</footer>
</body>
</html>
