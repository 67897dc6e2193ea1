{{%AUTOESCAPE context="HTML"}}
<nav class="crumbs" aria-label="Breadcrumb"><a href="/stores">Stores</a> <span aria-hidden="true">/</span> <a href="/stores/{{ID}}">{{ID}}</a> <span aria-hidden="true">/</span> <span aria-current="page">Delete</span></nav>
{{#CANCEL}}
<section class="card narrow" aria-labelledby="delete-heading">
<h1 id="delete-heading">Cancel setting up {{STORE_TITLE}}?</h1>
<p>The shop has not opened yet, so no order or product is lost. What was begun of it is removed from the cluster, and its ID is free again.</p>
<form method="post" action="/stores/{{ID}}/delete">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="cancel" value="yes">
<div class="buttons">
<button class="button danger solid" type="submit">Cancel the setup</button>
<a class="button quiet" href="/stores/{{ID}}">Go on setting it up</a>
</div>
</form>
</section>
{{/CANCEL}}
{{#DELETE}}
<section class="card narrow" aria-labelledby="delete-heading">
<h1 id="delete-heading">Delete {{STORE_TITLE}}?</h1>
<p>The shop at <strong>{{HOST}}</strong> closes at once. Its products, orders, files and database are removed from the cluster for good. This cannot be undone.</p>
<form method="post" action="/stores/{{ID}}/delete">
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field">
<label for="confirm_id">To confirm, type the store's ID: <code>{{ID}}</code></label>
<input id="confirm_id" name="confirm_id" type="text" value="{{CONFIRM_ID_VALUE}}" autocomplete="off" autocapitalize="none" spellcheck="false" required aria-describedby="confirm_id-error"{{#CONFIRM_ID_INVALID}} aria-invalid="true"{{/CONFIRM_ID_INVALID}}>
<p class="field-error" id="confirm_id-error">{{CONFIRM_ID_ERROR}}</p>
</div>
<div class="buttons">
<button class="button danger solid" type="submit">Delete for good</button>
<a class="button quiet" href="/stores/{{ID}}">Keep the store</a>
</div>
</form>
</section>
{{/DELETE}}
