{{%AUTOESCAPE context="HTML"}}
<nav class="crumbs" aria-label="Breadcrumb"><a href="/stores">Stores</a> <span aria-hidden="true">/</span> <span aria-current="page">New store</span></nav>
<div class="page-head"><h1>Create New Store</h1></div>
{{#LIMIT}}
<div class="notice warn limit-notice" role="alert" id="limit"><strong>There is no room for another store now.</strong> {{LIMIT_TEXT}} <a href="/account">See what you may have</a></div>
{{/LIMIT}}
<form class="card form" method="post" action="/new-store" novalidate>
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="idempotency_key" value="{{IDEMPOTENCY_KEY_VALUE}}">
{{#FORM_ERRORS}}
<div class="notice bad" role="alert" id="error-summary" tabindex="-1">
<strong>Nothing was created yet. Please look at:</strong>
<ul>
{{#FORM_ERROR}}<li><a href="#{{ERROR_FIELD}}">{{ERROR_TEXT}}</a></li>
{{/FORM_ERROR}}
</ul>
</div>
{{/FORM_ERRORS}}
<div class="field">
<label for="id">Store ID</label>
<input id="id" name="id" type="text" value="{{ID_VALUE}}" maxlength="{{ID_LENGTH_MAX}}" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="my-shop" required aria-describedby="id-help id-error"{{#ID_INVALID}} aria-invalid="true"{{/ID_INVALID}}>
<p class="help" id="id-help">Small letters, digits and hyphens. The shop's address will be <span class="address" data-address="{{ADDRESS_PATTERN}}" data-for="id">{{ADDRESS_EXAMPLE}}</span></p>
<p class="field-error" id="id-error">{{ID_ERROR}}</p>
</div>
<div class="field">
<label for="title">Title</label>
<input id="title" name="title" type="text" value="{{STORE_TITLE_VALUE}}" maxlength="120" autocomplete="off" placeholder="My Shop" required aria-describedby="title-help title-error"{{#STORE_TITLE_INVALID}} aria-invalid="true"{{/STORE_TITLE_INVALID}}>
<p class="help" id="title-help">What visitors see. It can be changed later in the shop's admin.</p>
<p class="field-error" id="title-error">{{STORE_TITLE_ERROR}}</p>
</div>
<fieldset class="field" aria-describedby="engine-error">
<legend>Engine</legend>
<div class="choices" id="engine" tabindex="-1">
{{#ENGINE}}
<label class="choice"><input type="radio" name="engine" value="{{ENGINE_NAME}}"{{#ENGINE_CHOSEN}} checked{{/ENGINE_CHOSEN}}{{#ENGINE_MISSING}} disabled{{/ENGINE_MISSING}}><span><strong>{{ENGINE_TITLE}}</strong><span class="help">{{ENGINE_SUMMARY}}</span>{{#ENGINE_MISSING}}<span class="choice-fault">{{ENGINE_FAULT}}</span>{{/ENGINE_MISSING}}</span></label>
{{/ENGINE}}
</div>
<p class="field-error" id="engine-error">{{ENGINE_ERROR}}</p>
</fieldset>
<fieldset class="field" aria-describedby="plan-error">
<legend>Plan</legend>
<div class="choices three" id="plan" tabindex="-1">
{{#PLAN}}
<label class="choice"><input type="radio" name="plan" value="{{PLAN_NAME}}"{{#PLAN_CHOSEN}} checked{{/PLAN_CHOSEN}}><span><strong>{{PLAN_TITLE}}</strong><span class="help">{{PLAN_SUMMARY}}</span></span></label>
{{/PLAN}}
</div>
<p class="field-error" id="plan-error">{{PLAN_ERROR}}</p>
</fieldset>
<div class="field">
<label for="admin_email">Admin e-mail</label>
<input id="admin_email" name="admin_email" type="email" value="{{ADMIN_EMAIL_VALUE}}" maxlength="254" autocomplete="email" placeholder="you@example.com" required aria-describedby="admin_email-help admin_email-error"{{#ADMIN_EMAIL_INVALID}} aria-invalid="true"{{/ADMIN_EMAIL_INVALID}}>
<p class="help" id="admin_email-help">Signs in to the shop's own admin. The password is made on the cluster; you can ask for it when the store is ready.</p>
<p class="field-error" id="admin_email-error">{{ADMIN_EMAIL_ERROR}}</p>
</div>
<div class="field-row">
<div class="field">
<label for="currency">Currency</label>
<select id="currency" name="currency" aria-describedby="currency-error"{{#CURRENCY_INVALID}} aria-invalid="true"{{/CURRENCY_INVALID}}>
{{#CURRENCY}}<option value="{{OPTION_VALUE}}"{{#OPTION_SELECTED}} selected{{/OPTION_SELECTED}}>{{OPTION_TITLE}}</option>
{{/CURRENCY}}
</select>
<p class="field-error" id="currency-error">{{CURRENCY_ERROR}}</p>
</div>
<div class="field">
<label for="country">Country</label>
<select id="country" name="country" aria-describedby="country-error"{{#COUNTRY_INVALID}} aria-invalid="true"{{/COUNTRY_INVALID}}>
{{#COUNTRY}}<option value="{{OPTION_VALUE}}"{{#OPTION_SELECTED}} selected{{/OPTION_SELECTED}}>{{OPTION_TITLE}}</option>
{{/COUNTRY}}
</select>
<p class="field-error" id="country-error">{{COUNTRY_ERROR}}</p>
</div>
</div>
<div class="field">
<label class="check"><input type="checkbox" id="sample_products" name="sample_products" value="on"{{#SAMPLE_PRODUCTS_CHECKED}} checked{{/SAMPLE_PRODUCTS_CHECKED}}><span>Add sample products<span class="help">A few products to look around with; delete them in the shop's admin.</span></span></label>
</div>
<div class="buttons">
<button class="button primary" type="submit">Create store</button>
<a class="button quiet" href="/stores">Cancel</a>
</div>
</form>
