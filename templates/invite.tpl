{{%AUTOESCAPE context="HTML"}}
<nav class="crumbs" aria-label="Breadcrumb"><a href="/people">People</a> <span aria-hidden="true">/</span> <span aria-current="page">Invite</span></nav>
<div class="page-head"><h1>Invite somebody</h1></div>
<form class="card form" method="post" action="/invite" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FORM_ERRORS}}
<div class="notice bad" role="alert" id="error-summary" tabindex="-1">
<strong>Nobody was invited yet. Please look at:</strong>
<ul>
{{#FORM_ERROR}}<li><a href="#{{ERROR_FIELD}}">{{ERROR_TEXT}}</a></li>
{{/FORM_ERROR}}
</ul>
</div>
{{/FORM_ERRORS}}
<div class="field">
<label for="name">Name</label>
<input id="name" name="name" type="text" value="{{NAME_VALUE}}" maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false" required aria-describedby="name-help name-error"{{#NAME_INVALID}} aria-invalid="true"{{/NAME_INVALID}}>
<p class="help" id="name-help">What they sign in with. It cannot be changed later.</p>
<p class="field-error" id="name-error">{{NAME_ERROR}}</p>
</div>
{{#OIDC}}
<div class="field">
<label for="email">E-mail address at {{OIDC_TITLE}} <span class="fine">(may be left empty)</span></label>
<input id="email" name="email" type="email" value="{{EMAIL_VALUE}}" maxlength="254" autocomplete="off" aria-describedby="email-help email-error"{{#EMAIL_INVALID}} aria-invalid="true"{{/EMAIL_INVALID}}>
<p class="help" id="email-help">Whoever signs in there with this address accepts the invitation; no link and no password is needed then.</p>
<p class="field-error" id="email-error">{{EMAIL_ERROR}}</p>
</div>
{{/OIDC}}
<fieldset class="field" aria-describedby="role-error">
<legend>Role</legend>
<div class="choices" id="role" tabindex="-1">
{{#ROLE}}
<label class="choice"><input type="radio" name="role" value="{{ROLE_VALUE}}"{{#ROLE_CHOSEN}} checked{{/ROLE_CHOSEN}}><span><strong>{{ROLE_TITLE}}</strong><span class="help">{{ROLE_SUMMARY}}</span></span></label>
{{/ROLE}}
</div>
<p class="field-error" id="role-error">{{ROLE_ERROR}}</p>
</fieldset>
<p class="help">You get a link to pass on. It works once, within seven days, and lets them choose a password.</p>
<div class="buttons">
<button class="button primary" type="submit">Make the invitation</button>
<a class="button quiet" href="/people">Cancel</a>
</div>
</form>
