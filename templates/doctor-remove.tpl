{{%AUTOESCAPE context="HTML"}}
<nav class="crumbs" aria-label="Breadcrumb"><a href="/doctor">Doctor</a> <span aria-hidden="true">/</span> <span aria-current="page">Remove {{NS}}</span></nav>
<section class="card narrow" aria-labelledby="remove-heading">
<h1 id="remove-heading">Remove {{NS}}?</h1>
<p>The namespace <strong>{{NS}}</strong> and everything in it, a shop's database and files too, are removed from the cluster for good. If another Storewright uses this cluster, make sure that it is not one of its stores. This cannot be undone.</p>
<form method="post" action="/doctor/{{NS}}/remove">
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="field">
<label for="confirm_id">To confirm, type the namespace's name: <code>{{NS}}</code></label>
<input id="confirm_id" name="confirm_id" type="text" value="{{CONFIRM_ID_VALUE}}" autocomplete="off" autocapitalize="none" spellcheck="false" required aria-describedby="confirm_id-error"{{#CONFIRM_ID_INVALID}} aria-invalid="true"{{/CONFIRM_ID_INVALID}}>
<p class="field-error" id="confirm_id-error">{{CONFIRM_ID_ERROR}}</p>
</div>
<div class="buttons">
<button class="button danger solid" type="submit">Remove for good</button>
<a class="button quiet" href="/doctor">Leave it there</a>
</div>
</form>
</section>
