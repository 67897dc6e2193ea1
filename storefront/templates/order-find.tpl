{{%AUTOESCAPE context="HTML"}}
<div class="narrow">
<div class="page-head"><h1>Find your order</h1><p class="lead">The number and the e-mail address are those of the order.</p></div>
{{#PROBLEM}}
<p class="notice bad" role="alert">{{PROBLEM_TEXT}}</p>
{{/PROBLEM}}
<form class="sheet" method="post" action="/order/find" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
{{#FORM_ERRORS}}
<div class="notice bad" role="alert" id="errors" tabindex="-1">
<p>Please look at this again:</p>
<ul>
{{#FORM_ERROR}}
<li><a href="#{{ERROR_FIELD}}">{{ERROR_TEXT}}</a></li>
{{/FORM_ERROR}}
</ul>
</div>
{{/FORM_ERRORS}}
<div class="field">
<label for="number">Order number</label>
<input id="number" name="number" type="text" value="{{NUMBER_VALUE}}" autocomplete="off" aria-describedby="number-error" required inputmode="numeric" maxlength="20"{{#NUMBER_INVALID}} aria-invalid="true"{{/NUMBER_INVALID}}>
<p class="error" id="number-error">{{NUMBER_ERROR}}</p>
</div>
<div class="field">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" value="{{EMAIL_VALUE}}" autocomplete="email" aria-describedby="email-error" required{{#EMAIL_INVALID}} aria-invalid="true"{{/EMAIL_INVALID}}>
<p class="error" id="email-error">{{EMAIL_ERROR}}</p>
</div>
<button class="button primary" type="submit">Show the order</button>
</form>
</div>
