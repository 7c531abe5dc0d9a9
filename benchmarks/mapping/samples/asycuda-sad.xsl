<?xml version="1.0" encoding="UTF-8"?>
<!-- By hand: what the profile asycuda-sad does to the sample, for a comparison of speed alone. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:md="urn:wco:datamodel:WCO:DocumentMetaData-CAREC:1" xmlns:ext="urn:carec:datamodel:ext:1" xmlns="urn:wco:datamodel:WCO:DEC-CAREC:1" exclude-result-prefixes="md">
<xsl:key name="waybills" match="Previous_doc" use="Summary_declaration"/>
<xsl:variable name="currency" select="normalize-space(/SAD/ASYCUDA/Valuation/Gs_Invoice/Currency_code)"/>
<xsl:variable name="year">20<xsl:value-of select="substring-after(substring-after(/SAD/ASYCUDA/Identification/Registration/Date,'/'),'/')"/></xsl:variable>
<xsl:template name="day"><xsl:param name="text"/><xsl:variable name="rest" select="substring-after($text,'/')"/>20<xsl:value-of select="substring-after($rest,'/')"/><xsl:value-of select="format-number(substring-before($text,'/'),'00')"/><xsl:value-of select="format-number(substring-before($rest,'/'),'00')"/></xsl:template>
<xsl:template name="lines"><xsl:param name="text"/>
<xsl:choose><xsl:when test="contains($text,'&#10;')"><xsl:value-of select="normalize-space(substring-before($text,'&#10;'))"/>, <xsl:call-template name="lines"><xsl:with-param name="text" select="substring-after($text,'&#10;')"/></xsl:call-template></xsl:when><xsl:otherwise><xsl:value-of select="normalize-space($text)"/></xsl:otherwise></xsl:choose></xsl:template>
<xsl:template match="/">
<xsl:for-each select="SAD/ASYCUDA"><MetaData xmlns="urn:wco:datamodel:WCO:DocumentMetaData-CAREC:1" xmlns:ext="urn:carec:datamodel:ext:1"><WCODataModelVersionCode>3.6</WCODataModelVersionCode><WCOTypeName>DEC</WCOTypeName><ResponsibleCountryCode>TM</ResponsibleCountryCode><ResponsibleAgencyName>Customs</ResponsibleAgencyName><AgencyAssignedCustomizationCode>CAREC</AgencyAssignedCustomizationCode><AgencyAssignedCustomizationVersionCode>1.0</AgencyAssignedCustomizationVersionCode><Declaration xmlns="urn:wco:datamodel:WCO:DEC-CAREC:1">
<xsl:if test="normalize-space(Identification/Registration/Date)"><AcceptanceDateTime><DateTimeString formatCode="102"><xsl:call-template name="day"><xsl:with-param name="text" select="normalize-space(Identification/Registration/Date)"/></xsl:call-template></DateTimeString></AcceptanceDateTime></xsl:if><FunctionCode>9</FunctionCode><FunctionalReferenceID><xsl:value-of select="concat(Declarant/Declarant_code,'-',Declarant/Reference/Year,'-',Declarant/Reference/Number)"/></FunctionalReferenceID><ID><xsl:value-of select="concat(Identification/Office_segment/Customs_clearance_office_code,' ',$year,' ',Identification/Registration/Serial_number,' ',Identification/Registration/Number)"/></ID>
<xsl:if test="normalize-space(Property/Date_of_declaration)"><IssueDateTime><DateTimeString formatCode="102"><xsl:call-template name="day"><xsl:with-param name="text" select="normalize-space(Property/Date_of_declaration)"/></xsl:call-template></DateTimeString></IssueDateTime></xsl:if>
<xsl:if test="normalize-space(Property/Place_of_declaration)"><IssueLocationID><xsl:value-of select="normalize-space(Property/Place_of_declaration)"/></IssueLocationID></xsl:if><TypeCode>950</TypeCode><GoodsItemQuantity><xsl:value-of select="count(Item[normalize-space(.)])"/></GoodsItemQuantity>
<xsl:if test="normalize-space(Identification/Office_segment/Customs_clearance_office_code)"><DeclarationOfficeID><xsl:value-of select="normalize-space(Identification/Office_segment/Customs_clearance_office_code)"/></DeclarationOfficeID></xsl:if>
<xsl:if test="number(Valuation/Gs_Invoice/Amount_foreign_currency) &gt; 0"><InvoiceAmount currencyID="{normalize-space(Valuation/Gs_Invoice/Currency_code)}"><xsl:value-of select="normalize-space(Valuation/Gs_Invoice/Amount_foreign_currency)"/></InvoiceAmount></xsl:if><TotalGrossMassMeasure unitCode="KGM"><xsl:value-of select="sum(Item/Valuation_item/Weight_itm/Gross_weight_itm)"/></TotalGrossMassMeasure>
<xsl:if test="normalize-space(Property/Nbers/Total_number_of_packages)"><TotalPackageQuantity><xsl:value-of select="normalize-space(Property/Nbers/Total_number_of_packages)"/></TotalPackageQuantity></xsl:if>
<Submitter><Name>Customs</Name><ID>customs.tm</ID></Submitter>
<xsl:if test="normalize-space(Transit/Principal/Representative)"><Agent>
<xsl:if test="normalize-space(Transit/Principal/Representative)"><Name><xsl:value-of select="normalize-space(Transit/Principal/Representative)"/></Name></xsl:if></Agent></xsl:if>
<BorderTransportMeans><ID><xsl:value-of select="normalize-space(substring-before(concat(Transport/Means_of_transport/Border_information/Identity,'/'),'/'))"/></ID><IdentificationTypeCode><xsl:value-of select="concat(substring(normalize-space(Transport/Means_of_transport/Border_information/Mode),1,1),'0')"/></IdentificationTypeCode>
<xsl:if test="normalize-space(Transport/Means_of_transport/Border_information/Nationality)"><RegistrationNationalityCode><xsl:value-of select="normalize-space(Transport/Means_of_transport/Border_information/Nationality)"/></RegistrationNationalityCode></xsl:if><ModeCode><xsl:value-of select="substring(normalize-space(Transport/Means_of_transport/Border_information/Mode),1,1)"/></ModeCode></BorderTransportMeans>
<Consignment><SequenceNumeric>1</SequenceNumeric><ContainerCode><xsl:value-of select="number(Transport/Container_flag = 'true')"/></ContainerCode>
<Carrier><Name>Invented Haulage</Name></Carrier>
<Consignee>
<xsl:if test="normalize-space(Traders/Consignee/Consignee_name)"><Name><xsl:value-of select="normalize-space(Traders/Consignee/Consignee_name)"/></Name></xsl:if>
<xsl:if test="normalize-space(Traders/Consignee/Consignee_code)"><ID><xsl:value-of select="normalize-space(Traders/Consignee/Consignee_code)"/></ID></xsl:if></Consignee>
<xsl:for-each select="Item[normalize-space(Goods_description)]">
<ConsignmentItem>
<xsl:if test="number(Valuation_item/Total_CIF_itm) &gt; 0"><CustomsValueAmount currencyID="TMT"><xsl:value-of select="normalize-space(Valuation_item/Total_CIF_itm)"/></CustomsValueAmount></xsl:if><SequenceNumeric><xsl:value-of select="position()"/></SequenceNumeric>
<xsl:for-each select="Attached_documents[normalize-space(Attached_document_reference)]"><AdditionalDocument>
<xsl:if test="normalize-space(Attached_document_date)"><EffectiveDateTime><DateTimeString formatCode="102"><xsl:call-template name="day"><xsl:with-param name="text" select="normalize-space(Attached_document_date)"/></xsl:call-template></DateTimeString></EffectiveDateTime></xsl:if>
<xsl:if test="normalize-space(Attached_document_reference)"><ID><xsl:value-of select="normalize-space(Attached_document_reference)"/></ID></xsl:if>
<xsl:if test="normalize-space(Attached_document_code)"><TypeCode><xsl:value-of select="normalize-space(Attached_document_code)"/></TypeCode></xsl:if></AdditionalDocument></xsl:for-each>
<xsl:if test="normalize-space(Goods_description/Commercial_Description)"><AdditionalInformation>
<xsl:if test="normalize-space(Goods_description/Description_of_goods)"><StatementDescription><xsl:value-of select="normalize-space(Goods_description/Description_of_goods)"/></StatementDescription></xsl:if></AdditionalInformation></xsl:if>
<Commodity><Description>
<xsl:choose><xsl:when test="normalize-space(Goods_description/Commercial_Description)"><xsl:value-of select="normalize-space(Goods_description/Commercial_Description)"/></xsl:when><xsl:otherwise><xsl:value-of select="normalize-space(Goods_description/Description_of_goods)"/></xsl:otherwise></xsl:choose></Description>
<xsl:if test="normalize-space(Tarification/HScode/Commodity_code)">
<Classification><ID><xsl:value-of select="substring(Tarification/HScode/Commodity_code,1,6)"/></ID><IdentificationTypeCode>HS</IdentificationTypeCode></Classification></xsl:if>
<xsl:if test="normalize-space(Tarification/HScode/Precision_1)">
<Classification><ID><xsl:value-of select="concat(Tarification/HScode/Commodity_code,Tarification/HScode/Precision_1)"/></ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification></xsl:if>
<xsl:if test="number(Tarification/Item_price) &gt; 0"><InvoiceLine>
<xsl:if test="number(Tarification/Item_price) &gt; 0"><ItemChargeAmount currencyID="{normalize-space($currency)}"><xsl:value-of select="normalize-space(Tarification/Item_price)"/></ItemChargeAmount></xsl:if></InvoiceLine></xsl:if>
</Commodity>
<GoodsMeasure>
<xsl:if test="normalize-space(Valuation_item/Weight_itm/Gross_weight_itm)"><GrossMassMeasure unitCode="KGM"><xsl:value-of select="normalize-space(Valuation_item/Weight_itm/Gross_weight_itm)"/></GrossMassMeasure></xsl:if>
<xsl:if test="normalize-space(Valuation_item/Weight_itm/Net_weight_itm)"><NetNetWeightMeasure unitCode="KGM"><xsl:value-of select="normalize-space(Valuation_item/Weight_itm/Net_weight_itm)"/></NetNetWeightMeasure></xsl:if></GoodsMeasure>
<GovernmentProcedure><CurrentCode><xsl:value-of select="substring(Tarification/Extended_customs_procedure,1,2)"/></CurrentCode><PreviousCode><xsl:value-of select="substring(Tarification/Extended_customs_procedure,3,2)"/></PreviousCode></GovernmentProcedure>
<Origin>
<xsl:if test="normalize-space(Goods_description/Country_of_origin_code)"><CountryCode><xsl:value-of select="normalize-space(Goods_description/Country_of_origin_code)"/></CountryCode></xsl:if></Origin>
<xsl:for-each select="Packages[normalize-space(Number_of_packages)]">
<Packaging><SequenceNumeric><xsl:value-of select="position()"/></SequenceNumeric><MarksNumbersID><xsl:value-of select="normalize-space(concat(Marks1_of_packages,' ',Marks2_of_packages))"/></MarksNumbersID>
<xsl:if test="normalize-space(Number_of_packages)"><QuantityQuantity><xsl:value-of select="normalize-space(Number_of_packages)"/></QuantityQuantity></xsl:if>
<xsl:if test="normalize-space(Kind_of_packages_code)"><TypeCode><xsl:value-of select="normalize-space(Kind_of_packages_code)"/></TypeCode></xsl:if></Packaging></xsl:for-each>
</ConsignmentItem></xsl:for-each>
<xsl:if test="normalize-space(Traders/Exporter/Exporter_name)"><Consignor><Name><xsl:value-of select="normalize-space(substring-before(concat(Traders/Exporter/Exporter_name,'&#10;'),'&#10;'))"/></Name>
<xsl:if test="normalize-space(Traders/Exporter/Exporter_code)"><ID><xsl:value-of select="normalize-space(Traders/Exporter/Exporter_code)"/></ID></xsl:if>
<xsl:if test="normalize-space(substring-after(Traders/Exporter/Exporter_name,'&#10;'))"><Address><CountryCode><xsl:value-of select="General_information/Country/Export/Export_country_code"/></CountryCode><Line><xsl:call-template name="lines"><xsl:with-param name="text" select="substring-after(Traders/Exporter/Exporter_name,'&#10;')"/></xsl:call-template></Line></Address></xsl:if></Consignor></xsl:if>
<DepartureTransportMeans><SequenceNumeric>1</SequenceNumeric><ID><xsl:value-of select="normalize-space(substring-before(concat(Transport/Means_of_transport/Departure_arrival_information/Identity,'/'),'/'))"/></ID><IdentificationTypeCode><xsl:value-of select="concat(substring(normalize-space(Transport/Means_of_transport/Inland_mode_of_transport),1,1),'0')"/></IdentificationTypeCode>
<xsl:if test="normalize-space(Transport/Means_of_transport/Departure_arrival_information/Nationality)"><RegistrationNationalityCode><xsl:value-of select="normalize-space(Transport/Means_of_transport/Departure_arrival_information/Nationality)"/></RegistrationNationalityCode></xsl:if><ModeCode><xsl:value-of select="substring(normalize-space(Transport/Means_of_transport/Inland_mode_of_transport),1,1)"/></ModeCode></DepartureTransportMeans>
<xsl:if test="normalize-space(substring-after(Transport/Means_of_transport/Departure_arrival_information/Identity,'/'))">
<DepartureTransportMeans><SequenceNumeric>2</SequenceNumeric><ID><xsl:value-of select="normalize-space(substring-after(Transport/Means_of_transport/Departure_arrival_information/Identity,'/'))"/></ID><IdentificationTypeCode><xsl:value-of select="concat(substring(normalize-space(Transport/Means_of_transport/Inland_mode_of_transport),1,1),'1')"/></IdentificationTypeCode>
<xsl:if test="normalize-space(Transport/Means_of_transport/Departure_arrival_information/Nationality)"><RegistrationNationalityCode><xsl:value-of select="normalize-space(Transport/Means_of_transport/Departure_arrival_information/Nationality)"/></RegistrationNationalityCode></xsl:if><ModeCode><xsl:value-of select="substring(normalize-space(Transport/Means_of_transport/Inland_mode_of_transport),1,1)"/></ModeCode></DepartureTransportMeans></xsl:if>
<Destination>
<xsl:if test="normalize-space(General_information/Country/Destination/Destination_country_code)"><CountryCode><xsl:value-of select="normalize-space(General_information/Country/Destination/Destination_country_code)"/></CountryCode></xsl:if></Destination>
<ExportCountry>
<xsl:if test="normalize-space(General_information/Country/Export/Export_country_code)"><ID><xsl:value-of select="normalize-space(General_information/Country/Export/Export_country_code)"/></ID></xsl:if></ExportCountry>
<Itinerary><SequenceNumeric>1</SequenceNumeric>
<xsl:if test="normalize-space(General_information/Country/Export/Export_country_code)"><RoutingCountryCode><xsl:value-of select="normalize-space(General_information/Country/Export/Export_country_code)"/></RoutingCountryCode></xsl:if></Itinerary>
<Itinerary><SequenceNumeric>2</SequenceNumeric>
<xsl:if test="normalize-space(General_information/Country/Country_first_destination)"><RoutingCountryCode><xsl:value-of select="normalize-space(General_information/Country/Country_first_destination)"/></RoutingCountryCode></xsl:if></Itinerary>
<Itinerary><SequenceNumeric>3</SequenceNumeric>
<xsl:if test="normalize-space(General_information/Country/Destination/Destination_country_code)"><RoutingCountryCode><xsl:value-of select="normalize-space(General_information/Country/Destination/Destination_country_code)"/></RoutingCountryCode></xsl:if></Itinerary>
<LoadingLocation>
<xsl:if test="normalize-space(Transport/Place_of_loading/Code)"><ID><xsl:value-of select="normalize-space(Transport/Place_of_loading/Code)"/></ID></xsl:if></LoadingLocation>
<PreviousDocument>
<xsl:if test="normalize-space(Identification/Manifest_reference_number)"><ID><xsl:value-of select="normalize-space(Identification/Manifest_reference_number)"/></ID></xsl:if><TypeCode>785</TypeCode></PreviousDocument>
<TransitDeparture>
<xsl:if test="normalize-space(Identification/Office_segment/Customs_clearance_office_code)"><ID><xsl:value-of select="normalize-space(Identification/Office_segment/Customs_clearance_office_code)"/></ID></xsl:if></TransitDeparture><TransitDestination>
<xsl:if test="normalize-space(Transit/Destination/Office)"><ID><xsl:value-of select="normalize-space(Transit/Destination/Office)"/></ID></xsl:if></TransitDestination>
<xsl:for-each select="Item/Previous_doc[Summary_declaration][generate-id() = generate-id(key('waybills',Summary_declaration)[1])]"><TransportContractDocument><ID><xsl:value-of select="concat(Summary_declaration,'/',Summary_declaration_sl)"/></ID><TypeCode>730</TypeCode></TransportContractDocument></xsl:for-each>
<TransportEquipment><SequenceNumeric>1</SequenceNumeric><ID><xsl:value-of select="translate(normalize-space(substring-before(concat(Transport/Means_of_transport/Departure_arrival_information/Identity,'/'),'/')),' ','')"/></ID>
<xsl:if test="normalize-space(Transit/Seals/Number)"><SealsAffixedQuantity><xsl:value-of select="normalize-space(Transit/Seals/Number)"/></SealsAffixedQuantity></xsl:if>
<xsl:for-each select="Transit/Seals/Identity[1]"><Seal><SequenceNumeric>1</SequenceNumeric><ID><xsl:value-of select="substring-before(.,',')"/></ID></Seal><Seal><SequenceNumeric>2</SequenceNumeric><ID><xsl:value-of select="normalize-space(substring-after(.,','))"/></ID></Seal></xsl:for-each></TransportEquipment>
<xsl:if test="normalize-space(Transit/Time_limit)"><ext:TransitLimitDate><ext:DateTimeString formatCode="102"><xsl:call-template name="day"><xsl:with-param name="text" select="normalize-space(Transit/Time_limit)"/></xsl:call-template></ext:DateTimeString></ext:TransitLimitDate></xsl:if>
</Consignment>
<CurrencyExchange>
<xsl:if test="normalize-space(Valuation/Gs_Invoice/Currency_code)"><CurrencyTypeCode><xsl:value-of select="normalize-space(Valuation/Gs_Invoice/Currency_code)"/></CurrencyTypeCode></xsl:if>
<xsl:if test="normalize-space(Valuation/Gs_Invoice/Currency_rate)"><RateNumeric><xsl:value-of select="normalize-space(Valuation/Gs_Invoice/Currency_rate)"/></RateNumeric></xsl:if></CurrencyExchange>
<xsl:if test="normalize-space(Transit/Principal/Name)">
<Declarant><Name><xsl:value-of select="normalize-space(substring-before(concat(Transit/Principal/Name,'&#10;'),'&#10;'))"/></Name>
<xsl:if test="normalize-space(Transit/Principal/Code)"><ID><xsl:value-of select="normalize-space(Transit/Principal/Code)"/></ID></xsl:if>
<xsl:if test="normalize-space(substring-after(Transit/Principal/Name,'&#10;'))"><Address><CountryCode><xsl:value-of select="substring(Identification/Office_segment/Customs_clearance_office_code,1,2)"/></CountryCode><Line><xsl:call-template name="lines"><xsl:with-param name="text" select="substring-after(Transit/Principal/Name,'&#10;')"/></xsl:call-template></Line></Address></xsl:if></Declarant></xsl:if>
<ExitOffice>
<xsl:if test="normalize-space(Transport/Border_office/Code)"><ID><xsl:value-of select="normalize-space(Transport/Border_office/Code)"/></ID></xsl:if></ExitOffice>
<ObligationGuarantee>
<xsl:if test="normalize-space(Financial/Guarantee/Name)"><ReferenceID><xsl:value-of select="normalize-space(Financial/Guarantee/Name)"/></ReferenceID></xsl:if><SecurityDetailsCode>IND</SecurityDetailsCode></ObligationGuarantee>
<xsl:if test="normalize-space(Transit/Result_of_control)"><ext:DepartureControlResultCode><xsl:value-of select="normalize-space(Transit/Result_of_control)"/></ext:DepartureControlResultCode></xsl:if>
<xsl:if test="normalize-space(substring-after(Transport/Means_of_transport/Border_information/Identity,'/'))"><ext:FurtherTransportMeans><ext:SequenceNumeric>1</ext:SequenceNumeric><ext:ID><xsl:value-of select="normalize-space(substring-after(Transport/Means_of_transport/Border_information/Identity,'/'))"/></ext:ID><ext:IdentificationTypeCode><xsl:value-of select="concat(substring(normalize-space(Transport/Means_of_transport/Border_information/Mode),1,1),'1')"/></ext:IdentificationTypeCode></ext:FurtherTransportMeans></xsl:if><ext:CodeOriginal element="TypeCode" listID="procedure"><xsl:value-of select="Identification/Type/Declaration_gen_procedure_code"/></ext:CodeOriginal>
<xsl:if test="normalize-space(Transit/Principal/Representative) and normalize-space(Declarant/Declarant_name)"><ext:NationalField><ext:Name>Declarant/Declarant_name</ext:Name><ext:Value><xsl:value-of select="normalize-space(Declarant/Declarant_name)"/></ext:Value></ext:NationalField></xsl:if>
</Declaration></MetaData></xsl:for-each></xsl:template>
</xsl:stylesheet>
