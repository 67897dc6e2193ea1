{{%AUTOESCAPE context="HTML"}}
<div class="page-head"><h1>Delivery and payment</h1></div>
<ol class="steps" aria-label="Checkout">
<li><a href="/checkout">Address</a></li>
<li aria-current="step">Delivery and payment</li>
<li>Check and order</li>
</ol>
<div class="two">
<form class="sheet" method="post" action="/checkout/delivery">
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
<fieldset class="choices" id="delivery">
<legend>How is it to be sent?</legend>
{{#DELIVERY_CHOICE}}
<div class="choice-row"><input type="radio" name="delivery" id="{{CHOICE_ID}}" value="{{CHOICE_ID}}"{{#CHOICE_CHOSEN}} checked{{/CHOICE_CHOSEN}}><label for="{{CHOICE_ID}}"><span class="choice-name">{{CHOICE_NAME}}</span> <span class="choice-side">{{CHOICE_PRICE}}</span><span class="choice-detail">{{CHOICE_DETAIL}}</span></label></div>
{{/DELIVERY_CHOICE}}
{{#NO_DELIVERY}}
<p class="notice bad">The shop does not send to this address. <a href="/checkout">Give another one.</a></p>
{{/NO_DELIVERY}}
</fieldset>
<fieldset class="choices" id="payment">
<legend>How would you like to pay?</legend>
{{#PAYMENT_CHOICE}}
<div class="choice-row"><input type="radio" name="payment" id="{{CHOICE_ID}}" value="{{CHOICE_ID}}" checked><label for="{{CHOICE_ID}}"><span class="choice-name">As agreed with the shop</span><span class="choice-detail">Nothing is charged now. The shop tells you how to pay: on delivery, by invoice or by bank transfer.</span></label></div>
{{/PAYMENT_CHOICE}}
{{#PAYMENT_ELSEWHERE}}
<div class="choice-row off"><span class="choice-name">{{PROVIDER_NAME}}</span><span class="choice-detail">Needs a payment page of its own, which this shop does not have here.</span></div>
{{/PAYMENT_ELSEWHERE}}
{{#NO_PAYMENT}}
<p class="notice bad">This shop cannot take a payment on this page: its way to pay needs a page of its own. Please write to the shop.</p>
{{/NO_PAYMENT}}
</fieldset>
{{#GO_ON}}
<button class="button primary" type="submit">Go on to check and order</button>
{{/GO_ON}}
</form>
<aside class="side" aria-label="What you buy">
<h2>What you buy</h2>
<ul class="lines">
{{>LINES}}
</ul>
{{>SUMMARY}}
</aside>
</div>
