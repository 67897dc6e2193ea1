{{%AUTOESCAPE context="HTML"}}
<div class="page-head"><h1>Your cart</h1></div>
{{#PROBLEM}}
<p class="notice bad" role="alert">{{PROBLEM_TEXT}}</p>
{{/PROBLEM}}
{{#NOTE}}
<p class="notice good" role="status">{{NOTE_TEXT}}</p>
{{/NOTE}}
{{#FILLED}}
<div class="two">
<ul class="lines">
{{#ITEM}}
<li class="line">
<span class="picture thumb">{{#PICTURE}}<img src="{{PICTURE_URL}}" alt="" width="480" height="480" loading="lazy">{{/PICTURE}}{{#NO_PICTURE}}<span class="no-picture tint-{{TINT}}" aria-hidden="true"><span>{{LETTER}}</span></span>{{/NO_PICTURE}}</span>
<div class="line-text">
<p class="line-title">{{#LINE_LINK}}<a href="{{LINE_URL}}">{{/LINE_LINK}}{{LINE_TITLE}}{{#LINE_LINK}}</a>{{/LINE_LINK}}</p>
<p class="muted">{{LINE_VARIANT}} · {{LINE_UNIT}} each</p>
<div class="line-forms">
<form method="post" action="/cart/change" class="change">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="line" value="{{LINE_ID}}">
<label class="visually-hidden" for="quantity-{{LINE_ID}}">Quantity of {{LINE_TITLE}}, {{LINE_VARIANT}}</label>
<input id="quantity-{{LINE_ID}}" name="quantity" type="number" inputmode="numeric" min="0" max="{{QUANTITY_MAX}}" value="{{LINE_QUANTITY}}" required>
<button class="button quiet small" type="submit">Update<span class="visually-hidden"> {{LINE_TITLE}}, {{LINE_VARIANT}}</span></button>
</form>
<form method="post" action="/cart/remove">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="line" value="{{LINE_ID}}">
<button class="link-button" type="submit">Remove<span class="visually-hidden"> {{LINE_TITLE}}, {{LINE_VARIANT}}</span></button>
</form>
</div>
</div>
<p class="line-total">{{LINE_TOTAL}}</p>
</li>
{{/ITEM}}
</ul>
<aside class="side" aria-label="Total">
{{>SUMMARY}}
<a class="button primary wide" href="/checkout">Check out</a>
<p class="fine"><a href="/">Go on shopping</a></p>
</aside>
</div>
{{/FILLED}}
{{#EMPTY}}
<div class="empty">
{{#EXPIRED}}<p>Your cart was too old and has been put away.</p>{{/EXPIRED}}
{{#ORDERED}}<p>What was in it has been ordered: <a href="/order">see your order</a>.</p>{{/ORDERED}}
<p>There is nothing in your cart.</p>
<p><a class="button primary" href="/">Look around the shop</a></p>
</div>
{{/EMPTY}}
