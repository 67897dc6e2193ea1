{{%AUTOESCAPE context="HTML"}}
<nav class="crumbs" aria-label="Breadcrumb"><a href="/people">People</a> <span aria-hidden="true">/</span> <span aria-current="page">{{PERSON_NAME}}</span></nav>
{{#DONE}}
<div class="notice good" role="status" id="done">{{DONE_TEXT}}</div>
{{/DONE}}
{{#FAULT}}
<div class="notice bad" role="alert" id="fault"><strong>Nothing was changed.</strong> {{FAULT_TEXT}}.</div>
{{/FAULT}}
{{#LINK}}
<section class="card credentials" aria-labelledby="link-heading">
<h2 id="link-heading">A link for {{PERSON_NAME}}</h2>
<p><code class="secret" id="link-url">{{LINK_URL}}</code></p>
<p class="fine">Pass it on by a way that only they can read: whoever opens it first chooses the password. It works once, until <time datetime="{{LINK_EXPIRES}}">{{LINK_EXPIRES_TEXT}}</time>, and is shown only now; a new one takes its place.</p>
</section>
{{/LINK}}
<div class="page-head">
<div><h1>{{PERSON_NAME}}</h1><p class="host">{{ROLE_TEXT}}</p></div>
<span class="pill big {{STATE_TONE}}">{{STATE_LABEL}}</span>
</div>
<div class="columns">
<div class="column-main">
<form class="card" id="role-card" method="post" action="/people/{{PERSON_ID}}/role" aria-labelledby="role-heading">
<h2 id="role-heading">Role</h2>
<input type="hidden" name="csrf" value="{{CSRF}}">
<fieldset class="field">
<legend class="visually-hidden">Role</legend>
<div class="choices" id="role">
{{#ROLE}}
<label class="choice"><input type="radio" name="role" value="{{ROLE_VALUE}}"{{#ROLE_CHOSEN}} checked{{/ROLE_CHOSEN}}><span><strong>{{ROLE_TITLE}}</strong><span class="help">{{ROLE_SUMMARY}}</span></span></label>
{{/ROLE}}
</div>
</fieldset>
<div class="buttons"><button class="button" id="save-role" type="submit">Change the role</button></div>
</form>
<form class="card" id="limits-card" method="post" action="/people/{{PERSON_ID}}/limits" aria-labelledby="limits-heading">
<h2 id="limits-heading">Limits</h2>
<p class="fine">What is left empty is as the configuration has it.{{#NOT_BOUND}} They bind members only, so not this person now.{{/NOT_BOUND}}</p>
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="limit-fields">
{{#LIMIT}}
<div class="field">
<label for="limit-{{LIMIT_NAME}}">{{LIMIT_TITLE}}</label>
<input id="limit-{{LIMIT_NAME}}" name="{{LIMIT_NAME}}" type="text" inputmode="numeric" value="{{LIMIT_VALUE}}" placeholder="{{LIMIT_USUAL}}" maxlength="7" autocomplete="off" aria-describedby="limit-{{LIMIT_NAME}}-help limit-{{LIMIT_NAME}}-error"{{#LIMIT_INVALID}} aria-invalid="true"{{/LIMIT_INVALID}}>
<p class="help" id="limit-{{LIMIT_NAME}}-help">{{LIMIT_USED}} of {{LIMIT_MOST}} now</p>
<p class="field-error" id="limit-{{LIMIT_NAME}}-error">{{LIMIT_ERROR}}</p>
</div>
{{/LIMIT}}
</div>
<div class="buttons"><button class="button" id="save-limits" type="submit">Save the limits</button></div>
</form>
</div>
<aside class="column-side" aria-label="About this person">
<section class="card" id="about-card" aria-labelledby="about-heading">
<h2 id="about-heading">Details</h2>
<dl class="facts">
<div><dt>Stores</dt><dd>{{STORES}}</dd></div>
<div><dt>Sessions</dt><dd>{{SESSIONS}}</dd></div>
<div><dt>Last sign-in</dt><dd>{{#WAS_SEEN}}<time datetime="{{SEEN}}">{{SEEN_TEXT}}</time>{{/WAS_SEEN}}{{#NEVER_SEEN}}never{{/NEVER_SEEN}}</dd></div>
<div><dt>Account made</dt><dd><time datetime="{{CREATED}}">{{CREATED_TEXT}}</time></dd></div>
</dl>
<p><a href="{{AUDIT_URL}}">What they did</a></p>
{{#MAY_SIGN_OUT}}
<form method="post" action="/people/{{PERSON_ID}}/sign-out">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="button" id="sign-out-person" type="submit">Sign out everywhere</button>
</form>
{{/MAY_SIGN_OUT}}
</section>
{{#MAY_LINK}}
<form class="card" id="link-card" method="post" action="/people/{{PERSON_ID}}/link" aria-labelledby="new-link-heading">
<h2 id="new-link-heading">One-time link</h2>
<p class="fine">{{LINK_KIND}}</p>
{{#LINK_IS_OUT}}<p class="fine">A link is out, until <time datetime="{{LINK_UNTIL}}">{{LINK_UNTIL_TEXT}}</time>.</p>{{/LINK_IS_OUT}}
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="buttons"><button class="button" id="make-link" type="submit">{{LINK_BUTTON}}</button></div>
</form>
{{/MAY_LINK}}
<section class="card" id="out-card" aria-labelledby="out-heading">
<h2 id="out-heading">Locking out</h2>
{{#MAY_DISABLE}}
<p class="fine">A disabled account cannot sign in. Its stores and what it did stay.</p>
<form method="post" action="/people/{{PERSON_ID}}/disable">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="button danger" id="disable" type="submit">Disable the account</button>
</form>
{{/MAY_DISABLE}}
{{#MAY_ENABLE}}
<p class="fine">This account cannot sign in.</p>
<form method="post" action="/people/{{PERSON_ID}}/enable">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="button" id="enable" type="submit">Enable the account</button>
</form>
{{/MAY_ENABLE}}
{{#MAY_WITHDRAW}}
<p class="fine">The account is removed, and the link no longer works.</p>
<form method="post" action="/people/{{PERSON_ID}}/withdraw">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="button danger" id="withdraw" type="submit">Withdraw the invitation</button>
</form>
{{/MAY_WITHDRAW}}
</section>
</aside>
</div>
