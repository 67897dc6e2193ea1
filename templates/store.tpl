{{%AUTOESCAPE context="HTML"}}
<nav class="crumbs" aria-label="Breadcrumb"><a href="/stores">Stores</a> <span aria-hidden="true">/</span> <span aria-current="page">{{ID}}</span></nav>
{{#DONE}}
<div class="notice good" role="status" id="done">{{DONE_TEXT}}</div>
{{/DONE}}
{{#FAULT}}
<div class="notice bad" role="alert"><strong>The credentials could not be read.</strong> {{FAULT_TEXT}}</div>
{{/FAULT}}
{{#CREDENTIALS}}
<section class="card credentials" aria-labelledby="credentials-heading">
<h2 id="credentials-heading">Admin sign-in of this store</h2>
<dl class="facts">
<div><dt>E-mail</dt><dd><code class="secret" id="credentials-email">{{CREDENTIALS_EMAIL}}</code></dd></div>
<div><dt>Password</dt><dd><code class="secret" id="credentials-password">{{CREDENTIALS_PASSWORD}}</code></dd></div>
</dl>
<p class="fine">Read from the cluster just now, and written to the audit log. This page is kept nowhere: leave it when you are done.</p>
<p><a class="button" href="/stores/{{ID}}">Hide</a></p>
</section>
{{/CREDENTIALS}}
{{>LIVE}}
{{#SHARE}}
<section class="card share" id="share" aria-labelledby="share-heading">
<h2 id="share-heading">Shared with</h2>
<p class="fine">They see this page and what happens to the store. They never see its credentials, and change nothing.</p>
<ul class="rows">
{{#READER}}
<li><span>{{READER_NAME}} <span class="fine">{{READER_ROLE}}</span></span>
<form method="post" action="/stores/{{ID}}/unshare">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="reader" value="{{READER_NAME}}">
<button class="button small" type="submit">Stop<span class="visually-hidden"> sharing with {{READER_NAME}}</span></button>
</form></li>
{{/READER}}
</ul>
<form class="search" method="post" action="/stores/{{ID}}/share">
<input type="hidden" name="csrf" value="{{CSRF}}">
<label class="visually-hidden" for="reader">Name of who shall read it</label>
<input id="reader" name="reader" type="search" value="{{READER_VALUE}}" maxlength="64" placeholder="Name of who shall read it" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="reader-error"{{#READER_INVALID}} aria-invalid="true"{{/READER_INVALID}}>
<button class="button" type="submit">Share</button>
</form>
<p class="field-error" id="reader-error">{{READER_ERROR}}</p>
</section>
{{/SHARE}}
