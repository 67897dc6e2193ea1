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
{{#IS_ADMIN}}<a href="/people">People</a>
<a href="/audit">Audit log</a>
<a href="/doctor">Doctor</a>{{/IS_ADMIN}}
</nav>
<details class="menu">
<summary><span class="visually-hidden">Signed in as </span><span class="who-name">{{USER_NAME}}</span><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M4 6l4 4 4-4"/></svg></summary>
<div class="menu-items">
<p class="fine">{{USER_ROLE}}</p>
<a href="/account">Your account</a>
<form method="post" action="/sign-out">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button type="submit">Sign out</button>
</form>
</div>
</details>
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
