{{%AUTOESCAPE context="HTML"}}
<div class="narrow">
<div class="page-head"><h1>Where do you shop from?</h1><p class="lead">It decides the currency, the prices and where things are sent to.</p></div>
{{#PROBLEM}}
<p class="notice bad" role="alert">{{PROBLEM_TEXT}}</p>
{{/PROBLEM}}
<form method="post" action="/region">
<input type="hidden" name="csrf" value="{{CSRF}}">
<fieldset class="choices">
<legend class="visually-hidden">Region</legend>
{{#REGION}}
<div class="choice-row"><input type="radio" name="region" id="{{REGION_ID}}" value="{{REGION_ID}}"{{#REGION_CHOSEN}} checked{{/REGION_CHOSEN}}><label for="{{REGION_ID}}"><span class="choice-name">{{REGION_TITLE}}</span> <span class="choice-side">{{REGION_CODE}}</span><span class="choice-detail">{{REGION_COUNTRIES}}</span></label></div>
{{/REGION}}
</fieldset>
<button class="button primary" type="submit">Shop from here</button>
</form>
</div>
