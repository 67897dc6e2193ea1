{{%AUTOESCAPE context="HTML"}}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{TITLE}} · Storewright</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="{{ICON_URL}}">
<link rel="stylesheet" href="{{CSS_URL}}">
<script src="{{JS_URL}}" defer></script>
{{#REFRESH}}
<noscript><meta http-equiv="refresh" content="4"></noscript>
{{/REFRESH}}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<div class="wrap top-row">
<a class="brand" href="/stores"><img src="{{ICON_URL}}" alt="" width="32" height="32"><span>Storewright</span></a>
{{#USER}}
<nav class="top-nav" aria-label="Main">
<a href="/stores">Stores</a>
{{#MAY_CREATE}}<a href="/new-store">New store</a>{{/MAY_CREATE}}
</nav>
<form class="who" method="post" action="/sign-out">
<input type="hidden" name="csrf" value="{{CSRF}}">
<span class="who-name" title="Signed in as {{USER_ROLE}}"><span class="visually-hidden">Signed in as </span>{{USER_NAME}}</span>
<button class="button quiet small" type="submit">Sign out</button>
</form>
{{/USER}}
</div>
</header>
{{>TROUBLE_PART}}
<main id="main" class="wrap" tabindex="-1">
{{>BODY}}
</main>
<footer class="wrap foot">Storewright, the self-hosted store platform</footer>
</body>
</html>
