{{%AUTOESCAPE context="HTML"}}
<section class="card sign-in" aria-labelledby="link-heading">
{{#INVITATION}}
<h1 id="link-heading">Welcome, {{NAME}}</h1>
<p class="fine">You were invited to Storewright. Choose a password; then sign in with it.</p>
{{/INVITATION}}
{{#RESET}}
<h1 id="link-heading">A new password for {{NAME}}</h1>
<p class="fine">The old password and every session end when you save the new one.</p>
{{/RESET}}
{{#FORM_ERRORS}}
<div class="notice bad" role="alert" id="error-summary" tabindex="-1">
<strong>Your password was not set yet.</strong>
<ul>
{{#FORM_ERROR}}<li><a href="#{{ERROR_FIELD}}">{{ERROR_TEXT}}</a></li>
{{/FORM_ERROR}}
</ul>
</div>
{{/FORM_ERRORS}}
<form method="post" action="/link">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="token" value="{{TOKEN_VALUE}}">
<div class="field">
<label for="name">Your name here</label>
<input id="name" type="text" value="{{NAME}}" autocomplete="username" readonly>
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="15" required aria-describedby="password-help password-error"{{#PASSWORD_INVALID}} aria-invalid="true"{{/PASSWORD_INVALID}}>
<p class="help" id="password-help">At least 15 characters. A few words in a row are fine; so is what your password manager makes.</p>
<p class="field-error" id="password-error">{{PASSWORD_ERROR}}</p>
</div>
<div class="field">
<label for="again">The same again</label>
<input id="again" name="again" type="password" autocomplete="new-password" required aria-describedby="again-error"{{#AGAIN_INVALID}} aria-invalid="true"{{/AGAIN_INVALID}}>
<p class="field-error" id="again-error">{{AGAIN_ERROR}}</p>
</div>
<button class="button primary wide" type="submit">Save the password</button>
<p class="fine">This link works once, until <time datetime="{{EXPIRES}}">{{EXPIRES_TEXT}}</time>.</p>
</form>
</section>
