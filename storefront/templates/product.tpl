{{%AUTOESCAPE context="HTML"}}
<article class="product" itemscope itemtype="https://schema.org/Product">
<div class="gallery">
<div class="picture">{{#FIRST_PICTURE}}{{#PICTURE}}<img src="{{PICTURE_URL}}" alt="{{PRODUCT_TITLE}}" width="720" height="720" itemprop="image">{{/PICTURE}}{{#NO_PICTURE}}<span class="no-picture tint-{{TINT}}" aria-hidden="true"><span>{{LETTER}}</span></span>{{/NO_PICTURE}}{{/FIRST_PICTURE}}{{#NO_PICTURE}}<span class="no-picture tint-{{TINT}}" aria-hidden="true"><span>{{LETTER}}</span></span>{{/NO_PICTURE}}</div>
{{#MORE_PICTURE}}
{{#PICTURE}}<div class="picture small"><img src="{{PICTURE_URL}}" alt="{{PRODUCT_TITLE}}, picture {{PICTURE_NUMBER}}" width="360" height="360" loading="lazy" itemprop="image"></div>{{/PICTURE}}
{{/MORE_PICTURE}}
</div>
<div class="buy-box">
<h1 itemprop="name">{{PRODUCT_TITLE}}</h1>
{{#SUBTITLE}}<p class="lead">{{SUBTITLE_TEXT}}</p>{{/SUBTITLE}}
<p class="price" id="price" aria-live="polite">
{{#PRICE}}{{#FROM}}<span class="from">from</span> {{/FROM}}<span class="price-now">{{PRICE_TEXT}}</span>{{#BEFORE}} <s><span class="visually-hidden">before: </span>{{BEFORE_TEXT}}</s>{{/BEFORE}}{{/PRICE}}
{{#NO_PRICE}}<span class="muted">Not sold in your region</span>{{/NO_PRICE}}
</p>
{{#PROBLEM}}
<p class="notice bad" role="alert">{{PROBLEM_TEXT}}</p>
{{/PROBLEM}}
{{#SOLD_OUT}}
<p class="notice">This is sold out at the moment.</p>
{{/SOLD_OUT}}
{{#BUY}}
<form class="buy" id="buy" method="post" action="/cart/add">
<input type="hidden" name="csrf" value="{{CSRF}}">
<input type="hidden" name="product" value="{{PRODUCT_HANDLE}}">
{{#OPTION}}
<fieldset class="option">
<legend>{{OPTION_TITLE}}</legend>
<div class="chips">
{{#VALUE}}
<div class="chip"><input type="radio" id="{{VALUE_ID}}" name="{{VALUE_FIELD}}" value="{{VALUE_TEXT}}" required{{#VALUE_CHOSEN}} checked{{/VALUE_CHOSEN}}><label for="{{VALUE_ID}}">{{VALUE_TEXT}}</label></div>
{{/VALUE}}
</div>
</fieldset>
{{/OPTION}}
{{#VARIANT_LIST}}
<div class="field">
<label for="variant">Which one</label>
<select id="variant" name="variant" required>
<option value="">Please choose</option>
{{#CHOICE}}
<option value="{{CHOICE_ID}}"{{#CHOICE_CHOSEN}} selected{{/CHOICE_CHOSEN}}>{{CHOICE_TITLE}}</option>
{{/CHOICE}}
</select>
</div>
{{/VARIANT_LIST}}
<div class="buy-row">
<div class="field quantity">
<label for="quantity">Quantity</label>
<input id="quantity" name="quantity" type="number" inputmode="numeric" min="1" max="1000" value="{{QUANTITY}}" required>
</div>
<button class="button primary wide" type="submit">Add to cart</button>
</div>
<p class="stock" id="stock" aria-live="polite"></p>
</form>
{{/BUY}}
{{#DESCRIPTION}}
<div class="description" itemprop="description">
{{#PARAGRAPH}}
<p>{{PARAGRAPH_TEXT}}</p>
{{/PARAGRAPH}}
</div>
{{/DESCRIPTION}}
{{#VARIANTS}}
<details class="variants">
<summary>Prices and stock</summary>
<table>
<thead><tr><th scope="col">Which</th><th scope="col">Price</th><th scope="col">Stock</th></tr></thead>
<tbody id="variants">
{{#VARIANT}}
<tr{{#OFFER}} itemprop="offers" itemscope itemtype="https://schema.org/Offer"{{/OFFER}}{{#VARIANT_GONE}} data-gone="yes"{{/VARIANT_GONE}}>
<th scope="row">{{VARIANT_TITLE}}{{#VARIANT_CHOICE}}<data class="choice" value="{{CHOICE_TEXT}}"></data>{{/VARIANT_CHOICE}}</th>
<td class="variant-price">{{VARIANT_PRICE}}{{#OFFER}}<meta itemprop="price" content="{{OFFER_PRICE}}"><meta itemprop="priceCurrency" content="{{OFFER_CURRENCY}}">{{#OFFER_IN_STOCK}}<link itemprop="availability" href="https://schema.org/InStock">{{/OFFER_IN_STOCK}}{{#OFFER_SOLD_OUT}}<link itemprop="availability" href="https://schema.org/OutOfStock">{{/OFFER_SOLD_OUT}}{{#OFFER_SKU}}<meta itemprop="sku" content="{{SKU}}">{{/OFFER_SKU}}{{/OFFER}}</td>
<td class="variant-stock">{{VARIANT_STOCK}}</td>
</tr>
{{/VARIANT}}
</tbody>
</table>
</details>
{{/VARIANTS}}
</div>
</article>
