{{%AUTOESCAPE context="HTML"}}
<section class="card error-page" aria-labelledby="error-heading">
<p class="error-status">{{STATUS}}</p>
<h1 id="error-heading">{{HEADING}}</h1>
{{#DETAIL}}
<p class="lead">{{DETAIL_TEXT}}</p>
{{/DETAIL}}
<p>{{ADVICE}}</p>
<p><a class="button" href="/stores">Go to the stores</a></p>
<p class="fine">Reference <code>{{REFERENCE}}</code></p>
</section>
