{{%AUTOESCAPE context="HTML"}}
<div class="catalogue" data-shop="{{MARK}}" data-catalogue="{{STATE}}">
<div class="page-head">
<h1{{#HOME}} class="home-title"{{/HOME}}>{{HEADING}}</h1>
{{#SEARCHED}}
<p class="lead">{{FOUND}} {{#ONE}}product{{/ONE}}{{#MANY}}products{{/MANY}} for “{{SEARCHED_FOR}}”. <a href="/">Show all</a></p>
{{/SEARCHED}}
</div>
{{#GRID}}
<ul class="grid">
{{#CARD}}
<li class="card" itemscope itemtype="https://schema.org/Product">
<a class="card-link" href="{{PRODUCT_URL}}" itemprop="url">
<span class="picture">{{#PICTURE}}<img src="{{PICTURE_URL}}" alt="" width="480" height="480" loading="lazy">{{/PICTURE}}{{#NO_PICTURE}}<span class="no-picture tint-{{TINT}}" aria-hidden="true"><span>{{LETTER}}</span></span>{{/NO_PICTURE}}{{#SOLD_OUT}}<span class="badge">Sold out</span>{{/SOLD_OUT}}</span>
<span class="card-title" itemprop="name">{{PRODUCT_TITLE}}</span>
</a>
<p class="card-price">
{{#PRICE}}
{{#FROM}}<span class="from">from</span> {{/FROM}}<span itemprop="offers" itemscope itemtype="https://schema.org/Offer"><span itemprop="price" content="{{PRICE_PLAIN}}">{{PRICE_TEXT}}</span><meta itemprop="priceCurrency" content="{{PRICE_CURRENCY}}">{{#IN_STOCK}}<link itemprop="availability" href="https://schema.org/InStock">{{/IN_STOCK}}</span>{{#BEFORE}} <s><span class="visually-hidden">before: </span>{{BEFORE_TEXT}}</s>{{/BEFORE}}
{{/PRICE}}
{{#NO_PRICE}}<span class="muted">Not sold in your region</span>{{/NO_PRICE}}
</p>
</li>
{{/CARD}}
</ul>
{{/GRID}}
{{#NOTHING_FOUND}}
<div class="empty"><p>Nothing in the shop fits that. Fewer or other words may.</p><p><a class="button" href="/">Show everything</a></p></div>
{{/NOTHING_FOUND}}
{{#NOTHING_SOLD}}
<div class="empty"><p>There is nothing here yet. New things are on their way.</p></div>
{{/NOTHING_SOLD}}
{{#PAGER}}
<nav class="pager" aria-label="Pages">
{{#NEWER}}<a class="button quiet" rel="prev" href="{{NEWER_URL}}">Back</a>{{/NEWER}}
<span>Page {{PAGE}} of {{PAGES}}</span>
{{#OLDER}}<a class="button quiet" rel="next" href="{{OLDER_URL}}">More</a>{{/OLDER}}
</nav>
{{/PAGER}}
</div>
