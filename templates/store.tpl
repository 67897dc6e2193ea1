{{%AUTOESCAPE context="HTML"}}
<nav class="crumbs" aria-label="Breadcrumb"><a href="/stores">Stores</a> <span aria-hidden="true">/</span> <span aria-current="page">{{ID}}</span></nav>
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
