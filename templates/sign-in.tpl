{{%AUTOESCAPE context="HTML"}}
<section class="card sign-in" aria-labelledby="sign-in-heading">
<h1 id="sign-in-heading">Sign in</h1>
<p class="fine">Your stores, on your own cluster.</p>
{{#DONE}}
<div class="notice good" role="status" id="done">{{DONE_TEXT}}</div>
{{/DONE}}
{{#FAULT}}
<div class="notice bad" role="alert" id="fault">{{FAULT_TEXT}}</div>
{{/FAULT}}
<form method="post" action="/sign-in">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="next" value="{{NEXT_VALUE}}">
<div class="field">
<label for="name">Name</label>
<input id="name" name="name" type="text" value="{{NAME_VALUE}}" autocomplete="username" autocapitalize="none" spellcheck="false" required aria-describedby="name-error"{{#NAME_INVALID}} aria-invalid="true"{{/NAME_INVALID}}>
<p class="field-error" id="name-error">{{NAME_ERROR}}</p>
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required aria-describedby="password-error"{{#PASSWORD_INVALID}} aria-invalid="true"{{/PASSWORD_INVALID}}>
<p class="field-error" id="password-error">{{PASSWORD_ERROR}}</p>
</div>
<button class="button primary wide" type="submit">Sign in</button>
</form>
{{#OIDC}}
<p class="or"><span>or</span></p>
<a class="button wide" id="oidc" href="/sign-in/oidc">Sign in with {{OIDC_TITLE}}</a>
{{/OIDC}}
</section>
