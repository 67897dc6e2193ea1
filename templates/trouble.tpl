{{%AUTOESCAPE context="HTML"}}
<div id="part-trouble" data-part>
{{#TROUBLE}}
<div class="trouble" role="alert">
<div class="wrap"><strong>The platform has a problem.</strong> {{TROUBLE_TEXT}}</div>
</div>
{{/TROUBLE}}
</div>
