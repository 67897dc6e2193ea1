{{%AUTOESCAPE context="HTML"}}
<div class="page-head"><div><h1>Your account</h1><p class="host">{{USER_NAME}} · {{ROLE_TEXT}}</p></div></div>
{{#DONE}}
<div class="notice good" role="status" id="done">{{DONE_TEXT}}</div>
{{/DONE}}
<div class="columns">
<div class="column-main">
<section class="card" aria-labelledby="sessions-heading">
<h2 id="sessions-heading">Where you are signed in</h2>
<ul class="rows">
{{#SESSION}}
<li>
<div><strong>{{SESSION_BROWSER}}</strong>{{#SESSION_CURRENT}} <span class="pill good">This one</span>{{/SESSION_CURRENT}}
<p class="fine">from {{SESSION_ADDRESS}}, since <time datetime="{{SESSION_BEGAN}}">{{SESSION_BEGAN_TEXT}}</time>, last used <time datetime="{{SESSION_SEEN}}">{{SESSION_SEEN_TEXT}}</time></p></div>
{{#SESSION_OTHER}}
<form method="post" action="/account/sessions/{{SESSION_ID}}/end">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="button small" type="submit">End<span class="visually-hidden"> the session of {{SESSION_BROWSER}} from {{SESSION_ADDRESS}}</span></button>
</form>
{{/SESSION_OTHER}}
</li>
{{/SESSION}}
</ul>
<form method="post" action="/account/sign-out-everywhere">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="button danger" id="everywhere" type="submit">Sign out everywhere</button>
</form>
</section>
{{#LIMITS}}
<section class="card" aria-labelledby="limits-heading">
<h2 id="limits-heading">What you may have</h2>
<ul class="rows">
{{#LIMIT}}
<li><span>{{LIMIT_TITLE}}</span><span class="{{#LIMIT_FULL}}full {{/LIMIT_FULL}}amount">{{LIMIT_USED}} of {{LIMIT_MOST}}</span></li>
{{/LIMIT}}
</ul>
<p class="fine">A store counts until it is gone: failed ones too. An administrator can change these limits.</p>
</section>
{{/LIMITS}}
</div>
<aside class="column-side" aria-label="Password">
{{#PASSWORD_FORM}}
<form class="card" id="password-card" method="post" action="/account/password" aria-labelledby="password-heading" novalidate>
<h2 id="password-heading">Change your password</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="visually-hidden"><label for="own-name">Name</label><input id="own-name" type="text" value="{{USER_NAME}}" autocomplete="username" tabindex="-1" readonly></div>
{{#FORM_ERRORS}}
<div class="notice bad" role="alert" id="error-summary" tabindex="-1">
<strong>Your password was not changed.</strong>
<ul>
{{#FORM_ERROR}}<li><a href="#{{ERROR_FIELD}}">{{ERROR_TEXT}}</a></li>
{{/FORM_ERROR}}
</ul>
</div>
{{/FORM_ERRORS}}
<div class="field">
<label for="old">Present password</label>
<input id="old" name="old" type="password" autocomplete="current-password" required aria-describedby="old-error"{{#OLD_INVALID}} aria-invalid="true"{{/OLD_INVALID}}>
<p class="field-error" id="old-error">{{OLD_ERROR}}</p>
</div>
<div class="field">
<label for="password">New password</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="15" required aria-describedby="password-help password-error"{{#PASSWORD_INVALID}} aria-invalid="true"{{/PASSWORD_INVALID}}>
<p class="help" id="password-help">At least 15 characters; a few words in a row are fine.</p>
<p class="field-error" id="password-error">{{PASSWORD_ERROR}}</p>
</div>
<div class="field">
<label for="again">The same again</label>
<input id="again" name="again" type="password" autocomplete="new-password" required aria-describedby="again-error"{{#AGAIN_INVALID}} aria-invalid="true"{{/AGAIN_INVALID}}>
<p class="field-error" id="again-error">{{AGAIN_ERROR}}</p>
</div>
<div class="buttons"><button class="button primary" type="submit">Change the password</button></div>
</form>
{{/PASSWORD_FORM}}
{{#NO_PASSWORD}}
<section class="card" aria-labelledby="password-heading">
<h2 id="password-heading">No password</h2>
<p class="fine">You sign in with your organisation, which looks after that. An administrator can give you a link to choose a password here as well.</p>
</section>
{{/NO_PASSWORD}}
</aside>
</div>
