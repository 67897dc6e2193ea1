{{%AUTOESCAPE context="HTML"}}
<div class="empty error-page">
<h1>{{HEADING}}</h1>
<p class="lead">{{ADVICE}}</p>
<p>{{#AGAIN}}<a class="button primary" href="{{AGAIN_URL}}">Try again</a> {{/AGAIN}}<a class="button" href="/">Go to the shop</a></p>
<p class="fine">Reference {{REFERENCE}}</p>
</div>
